// Orders and receipts <-> Protobuf. Receipts are lists side by side, and a note for those that say more than a state.
#include "wire/proto_values.hpp"

#include <algorithm>

namespace marchwire::wire {
namespace {

core::OrderKind kind_of(int value, Reading& reading) {
    return reading.word<core::OrderKind>(value, pb::OrderKind_IsValid(value), "order.kind");
}

bool says_more(const core::Receipt& receipt) {
    return !receipt.reason.empty() || receipt.headcount != 0 || receipt.by || receipt.heard_by != core::HeardBy::none ||
           receipt.unreached_since;
}

std::vector<std::uint32_t> numbers(const google::protobuf::RepeatedField<std::uint32_t>& in) {
    return {in.begin(), in.end()};
}

}  // namespace

void put(pb::OrderAudience& out, const core::OrderAudience& in) {
    out.set_kind(static_cast<pb::AudienceKind>(in.kind));
    if (in.role) out.set_role(static_cast<pb::Role>(*in.role));
    out.set_section(in.section);
    for (const base::PersonId name : in.names) out.add_names(name.value);
    out.set_with_confirmed(in.with_confirmed);
}

core::OrderAudience read(const pb::OrderAudience& in, Reading& reading) {
    core::OrderAudience audience;
    audience.kind = reading.word<core::AudienceKind>(in.kind(), pb::AudienceKind_IsValid(in.kind()), "audience.kind");
    if (in.role() != 0) {
        audience.role = reading.word<core::Role>(in.role(), pb::Role_IsValid(in.role()), "audience.role");
    }
    audience.section = in.section();
    for (const std::uint64_t name : in.names()) audience.names.push_back(base::PersonId{name});
    audience.with_confirmed = in.with_confirmed();
    return audience;
}

void put(pb::Receipts& out, const std::vector<core::Receipt>& in) {
    out.mutable_ordinals()->Reserve(static_cast<int>(in.size()));
    out.mutable_states()->Reserve(static_cast<int>(in.size()));
    for (const core::Receipt& receipt : in) {
        out.add_ordinals(receipt.ordinal);
        out.add_states(static_cast<pb::ReceiptState>(receipt.state));
        if (!says_more(receipt)) continue;
        auto& note = *out.add_notes();
        note.set_ordinal(receipt.ordinal);
        note.set_reason(receipt.reason);
        note.set_headcount(receipt.headcount);
        note.set_by(receipt.by.value);
        note.set_heard_by(static_cast<pb::HeardBy>(receipt.heard_by));
        note.set_unreached_since_ms(receipt.unreached_since.value);
    }
}

std::vector<core::Receipt> read(const pb::Receipts& in, Reading& reading) {
    std::vector<core::Receipt> receipts;
    if (in.ordinals_size() != in.states_size()) {
        reading.complain("receipts.states", "Each recipient has one state.");
        return receipts;
    }
    receipts.reserve(static_cast<std::size_t>(in.ordinals_size()));
    for (int i = 0; i < in.ordinals_size(); ++i) {
        core::Receipt receipt;
        receipt.ordinal = in.ordinals(i);
        const int state = in.states(i);
        receipt.state = reading.word<core::ReceiptState>(state, pb::ReceiptState_IsValid(state), "receipts.states");
        if (i > 0 && in.ordinals(i - 1) >= receipt.ordinal) reading.complain("receipts.ordinals", "Let them ascend.");
        receipts.push_back(std::move(receipt));
    }
    for (const pb::ReceiptNote& note : in.notes()) {
        const auto of = std::ranges::lower_bound(receipts, note.ordinal(), {}, &core::Receipt::ordinal);
        if (of == receipts.end() || of->ordinal != note.ordinal()) {
            reading.complain("receipts.notes", "A note is about one of the recipients.");
            break;
        }
        of->reason = note.reason();
        of->headcount = note.headcount();
        of->by = base::PersonId{note.by()};
        of->heard_by = heard_by_of(note.heard_by(), reading);
        of->unreached_since = {note.unreached_since_ms()};
    }
    return receipts;
}

void put(pb::Order& out, const core::Order& in) {
    out.set_number(in.number);
    out.set_kind(static_cast<pb::OrderKind>(in.kind));
    out.set_template_name(in.template_name);
    for (const std::string& parameter : in.parameters) out.add_parameters(parameter);
    out.set_text(in.text);
    put(*out.mutable_audience(), in.audience);
    out.set_issuer(in.issuer.value);
    out.set_issued_at_ms(in.issued_at.value);
    out.set_deadline_ms(in.deadline.value);
    out.set_state(static_cast<pb::OrderState>(in.state));
    out.set_superseded_by(in.superseded_by);
    out.set_escalated(in.escalated);
    if (!in.receipts.empty()) put(*out.mutable_receipts(), in.receipts);
}

core::Order read(const pb::Order& in, Reading& reading) {
    core::Order order;
    order.number = in.number();
    order.kind = kind_of(in.kind(), reading);
    order.template_name = in.template_name();
    order.parameters.assign(in.parameters().begin(), in.parameters().end());
    order.text = in.text();
    order.audience = read(in.audience(), reading);
    order.issuer = base::PersonId{in.issuer()};
    order.issued_at = {in.issued_at_ms()};
    order.deadline = {in.deadline_ms()};
    order.state = reading.word<core::OrderState>(in.state(), pb::OrderState_IsValid(in.state()), "order.state");
    order.superseded_by = in.superseded_by();
    order.escalated = in.escalated();
    order.receipts = read(in.receipts(), reading);
    return order;
}

// ---- events ------------------------------------------------------------------------------------

void put(pb::RecipientsAdded& out, const core::RecipientsAdded& in) {
    out.set_order(in.order);
    for (const std::uint32_t ordinal : in.ordinals) out.add_ordinals(ordinal);
    for (const std::uint32_t section : in.sections) out.add_sections(section);
}

core::RecipientsAdded read(const pb::RecipientsAdded& in, Reading&) {
    return {in.order(), numbers(in.ordinals()), numbers(in.sections())};
}

void put(pb::ReceiptsMoved& out, const core::ReceiptsMoved& in) {
    out.set_order(in.order);
    put(*out.mutable_receipts(), in.receipts);
    for (const std::uint32_t section : in.sections) out.add_sections(section);
}

core::ReceiptsMoved read(const pb::ReceiptsMoved& in, Reading& reading) {
    return {in.order(), read(in.receipts(), reading), numbers(in.sections())};
}

void put(pb::OrdersEnded& out, const core::OrdersEnded& in) {
    for (const std::uint32_t order : in.orders) out.add_orders(order);
    out.set_state(static_cast<pb::OrderState>(in.state));
    out.set_superseded_by(in.superseded_by);
    out.set_by(in.by.value);
    out.set_reason(in.reason);
}

core::OrdersEnded read(const pb::OrdersEnded& in, Reading& reading) {
    core::OrdersEnded event;
    event.orders = numbers(in.orders());
    event.state = reading.word<core::OrderState>(in.state(), pb::OrderState_IsValid(in.state()), "orders_ended.state");
    event.superseded_by = in.superseded_by();
    event.by = base::PersonId{in.by()};
    event.reason = in.reason();
    return event;
}

// ---- commands ----------------------------------------------------------------------------------

core::IssueOrder read(const pb::IssueOrder& in, Reading& reading) {
    core::IssueOrder wish;
    wish.kind = kind_of(in.kind(), reading);
    wish.template_name = in.template_name();
    wish.parameters.assign(in.parameters().begin(), in.parameters().end());
    wish.text = in.text();
    wish.audience = read(in.audience(), reading);
    wish.deadline = {in.deadline_ms()};
    return wish;
}

core::OpenRollCall read(const pb::OpenRollCall& in, Reading& reading) {
    return {read(in.audience(), reading), in.text(), {in.deadline_ms()}};
}

core::Acknowledge read(const pb::Acknowledge& in, Reading& reading) {
    core::Acknowledge wish;
    wish.order = in.order();
    for (const std::uint64_t person : in.on_behalf_of()) wish.on_behalf_of.push_back(base::PersonId{person});
    wish.section = in.section();
    wish.heard_by = heard_by_of(in.heard_by(), reading);
    return wish;
}

core::AnswerRollCall read(const pb::AnswerRollCall& in, Reading& reading) {
    return {in.order(), in.headcount(), base::PersonId{in.on_behalf_of()}, heard_by_of(in.heard_by(), reading)};
}

}  // namespace marchwire::wire
