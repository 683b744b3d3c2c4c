// Whatever a client sends in either encoding, it is a message within its bounds or a refusal that says what to do.
#include "base/limits.hpp"
#include "wire/codec.hpp"

#include "support/must.hpp"

#include <cstdint>
#include <string>
#include <variant>

using marchwire::test::must;

namespace {

namespace wire = marchwire::wire;
namespace limits = marchwire::base::limits;

struct Bounded {
    void operator()(const wire::Hello& hello) const {
        must(hello.subscribe.size() <= limits::subscriptions_per_session);
    }
    void operator()(const wire::Subscribe& wish) const { named(wish.feed); }
    void operator()(const wire::Unsubscribe& wish) const { named(wish.feed); }
    void operator()(const wire::CommandMessage& message) const { must(static_cast<bool>(message.command.id)); }
    void operator()(const wire::ReportPosition& report) const {
        must(report.fixes.size() <= limits::positions_per_batch);
    }
    void operator()(const wire::GetHistory& wish) const { named(wish.feed); }
    void operator()(const wire::Ping&) const {}
    void operator()(const wire::Prove&) const {}
    void operator()(const wire::ReadAccess& wish) const { must(!wish.log.campaign.empty()); }
    void operator()(wire::Screen said) const { must(said != wire::Screen::untold); }

    static void named(const wire::FeedName& feed) {
        const auto again = wire::FeedName::parse(feed.text());
        must(again.has_value() && *again == feed);
    }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string bytes = marchwire::test::bytes_of(data, size);
    for (const wire::Encoding encoding : {wire::Encoding::proto, wire::Encoding::json}) {
        const auto message = wire::decode_client(bytes, encoding);
        if (message) {
            std::visit(Bounded{}, *message);
        } else {
            must(!message.error().message.empty());
        }
    }
    return 0;
}
