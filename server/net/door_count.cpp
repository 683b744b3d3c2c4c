#include "net/door_count.hpp"

#include "base/clock.hpp"

#include <utility>

namespace marchwire::net {

using base::Limit;
namespace limits = base::limits;

namespace {

constexpr auto relaxed = std::memory_order_relaxed;

}  // namespace

DoorLimits limits_of(session::Door door) {
    DoorLimits made;
    if (door == session::Door::staff) made.handshakes_per_address = limits::unproven_staff_per_address;
    return made;
}

DoorCount::DoorCount(DoorLimits limits, std::shared_ptr<HouseCount> house)
    : limits_(limits),
      house_(std::move(house)),
      keys_(base::machine_now()),
      newcomers_(limits.newcomers_per_second, limits.newcomers_burst),
      address_newcomers_(limits.address_newcomers_per_second, limits.address_newcomers_burst),
      blames_(limits::blames_per_second, limits.blames_burst),
      blamed_newcomers_(limits::blamed_newcomers_per_second, limits::blamed_newcomers_burst) {}

/// Only the acceptors' one thread adds to these numbers: what they are compared with can but become less meanwhile.
std::optional<Limit> DoorCount::enter(base::UtcMs now) {
    if (house_->inside.load(relaxed) >= house_->connections_max) return Limit::connections;
    if (inside() >= limits_.connections) return Limit::connections_public;
    if (house_->handshakes.load(relaxed) >= house_->handshakes_max) return Limit::handshakes;
    if (handshakes() >= limits_.handshakes) return Limit::handshakes_public;
    {
        const std::scoped_lock lock(mutex_);
        if (!newcomers_.take(now)) return Limit::newcomers;
    }
    inside_.fetch_add(1, relaxed);
    handshakes_.fetch_add(1, relaxed);
    house_->inside.fetch_add(1, relaxed);
    house_->handshakes.fetch_add(1, relaxed);
    return std::nullopt;
}

DoorCount::OfAddress DoorCount::of(session::AddressKey address) const {
    const auto found = addresses_.find(address);
    return found == addresses_.end() ? OfAddress{} : found->second;
}

DoorCount::Known DoorCount::recognise(const boost::asio::ip::address& address, bool stands_in_door, base::UtcMs now) {
    const std::scoped_lock lock(mutex_);
    const AddressKeys::Names names = keys_.of(address, now);
    OfAddress known = of(names.now);
    if (names.before) {
        const OfAddress older = of(names.before);
        known.inside += older.inside;
        known.handshakes += older.handshakes;
    }
    if (known.inside >= limits_.connections_per_address) return {{}, Limit::address_connections};
    if (known.handshakes >= limits_.handshakes_per_address) return {{}, Limit::address_handshakes};
    if (!address_newcomers_.take(names.now, now)) return {{}, Limit::address_newcomers};
    OfAddress& counted = addresses_[names.now];
    ++counted.inside;
    if (stands_in_door) ++counted.handshakes;
    return {names.now, {}};
}

session::AddressKey DoorCount::name_of(const boost::asio::ip::address& address, base::UtcMs now) {
    const std::scoped_lock lock(mutex_);
    return keys_.of(address, now).now;
}

void DoorCount::prove(session::AddressKey address) {
    handshakes_.fetch_sub(1, relaxed);
    house_->handshakes.fetch_sub(1, relaxed);
    if (!address) return;
    const std::scoped_lock lock(mutex_);
    const auto found = addresses_.find(address);
    if (found != addresses_.end()) --found->second.handshakes;
}

void DoorCount::leave(session::AddressKey address) {
    inside_.fetch_sub(1, relaxed);
    house_->inside.fetch_sub(1, relaxed);
    if (!address) return;
    const std::scoped_lock lock(mutex_);
    const auto found = addresses_.find(address);
    if (found != addresses_.end() && --found->second.inside == 0) addresses_.erase(found);
}

bool DoorCount::is_shut(const boost::asio::ip::address& address, base::UtcMs now) {
    const std::scoped_lock lock(mutex_);
    const session::AddressKey name = keys_.of(address, now).now;
    return blames_.is_spent(name, now) && !blamed_newcomers_.take(name, now);
}

void DoorCount::blame(session::AddressKey address, base::UtcMs now) {
    const std::scoped_lock lock(mutex_);
    (void)blames_.take(address, now);
}

Stay::~Stay() {
    prove();
    count_->leave(address_);
}

std::optional<Limit> Stay::recognise(const boost::asio::ip::address& address, base::UtcMs now) {
    const DoorCount::Known known = count_->recognise(address, in_door_, now);
    if (!known.address) return known.limit;
    address_ = known.address;
    return std::nullopt;
}

void Stay::prove() {
    if (std::exchange(in_door_, false)) count_->prove(address_);
}

}  // namespace marchwire::net
