// Who may come in to the sessions of a shard, and who has to leave.
#include "shard/shard.hpp"

#include <utility>

namespace marchwire::shard {

std::optional<session::Credential> Shard::find_token(const base::Hash256& hash) const {
    return tokens_.find(hash, now());
}

base::Result<session::AppPass> Shard::read_app_token(std::string_view token) const {
    if (const auto& read = fabric_.settings().read_app_token) return read(token);
    return base::refuse(base::RefusalCode::unauthenticated, "hello.token",
                        "This server believes no app: its operator names issuers.");
}

/// The roster says who it is, then the campaign whether they are to stay out: each where it lives.
void Shard::find_member(fanout::Slot slot, session::FindMember wish) {
    Shard& home = fabric_.home_of(wish.march);
    home.mailbox().post([&home, &fabric = fabric_, key = key_of(slot), wish = std::move(wish)] {
        home.desks().when_open(wish.march, [&home, &fabric, key, wish] {
            session::MemberFound found = home.desks().find_member(wish);
            if (found.refusal || !found.person) return home.send(key.shard, MemberLookedFor{key, std::move(found)});
            const base::LogId campaign = wish.march.campaign_log();
            Shard& office = fabric.home_of(campaign);
            office.mailbox().post([&office, key, campaign, found = std::move(found)] {
                office.desks().when_open(campaign, [&office, key, found] {
                    office.send(key.shard, MemberLookedFor{key, office.desks().let_in(found)});
                });
            });
        });
    });
}

void Shard::read_access(fanout::Slot slot, session::ReadAccess request) {
    const SessionKey key = key_of(slot);
    const base::LogId campaign = request.request.log.campaign_log();
    request.actor = actor_for(slot, campaign);
    Shard& home = fabric_.home_of(campaign);
    home.mailbox().post([&home, key, campaign, request = std::move(request)]() mutable {
        home.desks().when_open(
            campaign, [&home, key, campaign, request = std::move(request)] { home.desks().read_access(key, request); });
    });
}

void Shard::on(const AccessRead& read) {
    Seat* seat = seat_of(read.to);
    if (seat == nullptr) return;
    touch(read.to.slot);
    seat->port->access_read(read.access);
}

void Shard::on(const MemberLookedFor& looked) {
    Seat* seat = seat_of(looked.to);
    if (seat == nullptr) return;
    touch(looked.to.slot);
    seat->port->member_found(looked.found);
}

template <class Which>
void Shard::revoke_all(const base::Slug& campaign, Which which) {
    for (std::size_t slot = 0; slot < seats_.size(); ++slot) {
        session::SessionPort* port = seats_[slot].port;
        const bool is_meant = port != nullptr && port->grant() && port->grant()->campaign == campaign &&
                              which(*port->grant());
        if (!is_meant) continue;
        touch(static_cast<fanout::Slot>(slot));
        port->revoke();
    }
}

/// Whoever has no way in left does not stay by an app's token either.
void Shard::on(const TokenChanged& changed) {
    tokens_.put(changed.campaign, changed.token);
    if (!changed.token.revoked) return;
    revoke_all(changed.campaign, [&](const session::Grant& grant) {
        if (grant.number != 0) return grant.number == changed.token.number;
        return grant.actor.person == changed.token.person && !tokens_.has_token(changed.campaign, changed.token.person);
    });
}

/// Whose phone is in other hands speaks by no app.
void Shard::on(const PersonDetained& detained) {
    revoke_all(detained.campaign,
               [&](const session::Grant& grant) { return grant.number == 0 && grant.actor.person == detained.person; });
}

}  // namespace marchwire::shard
