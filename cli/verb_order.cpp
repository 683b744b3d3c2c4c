// `marchwire order ...` and `marchwire rollcall ...`: what is asked of people, and who has answered.
#include "item_text.hpp"
#include "person_link.hpp"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>
#include <memory>

namespace marchwire::cli {
namespace {

using Ordered = base::Result<sdk::Command>;
using Json = nlohmann::json;

struct OrderFlags {
    std::string march;
    std::string kind;
    std::string text;
    std::string template_name;
    std::vector<std::string> parameters;
    std::string role;
    std::uint32_t section = 0;
    std::vector<std::string> names;
    std::uint32_t number = 0;
    std::string reason;
    std::string heard_by;
    std::uint32_t headcount = 0;
};
using OrderWish = std::shared_ptr<OrderFlags>;

CLI::App* add_order_verb(CLI::App& app, const std::string& name, const std::string& about, const OrderWish& flags) {
    auto* verb = app.add_subcommand(name, about);
    verb->add_option("--march", flags->march, "CAMPAIGN/MARCH; without it the one that your token is for");
    return verb;
}

CLI::App* add_numbered(CLI::App& app, const std::string& name, const std::string& about, const OrderWish& flags) {
    auto* verb = add_order_verb(app, name, about, flags);
    verb->add_option("number", flags->number, "the order's, as `marchwire order list` shows it")->required();
    return verb;
}

void add_audience(CLI::App& verb, const OrderWish& flags) {
    auto* role = verb.add_option("--role", flags->role, "all of this role on duty; without any of these: everybody");
    auto* section = verb.add_option("--section", flags->section, "all of this section");
    auto* names = verb.add_option("--to", flags->names, "callsigns");
    role->excludes(section)->excludes(names);
    section->excludes(names);
}

void add_others(CLI::App& verb, const OrderWish& flags) {
    verb.add_option("--for", flags->names, "callsigns of those who were heard");
    verb.add_option("--heard-by", flags->heard_by, "radio, phone, voice, seen: with --for or --section");
}

base::Result<std::vector<sdk::PersonId>> all_called(const sdk::March& march, const std::vector<std::string>& names,
                                                    std::string_view flag) {
    std::vector<sdk::PersonId> persons;
    for (const std::string& name : names) {
        const auto member = called(march, name, flag);
        if (!member) return member.error();
        persons.push_back(member->person);
    }
    return persons;
}

base::Result<sdk::OrderAudience> audience_of(const sdk::March& march, const OrderFlags& flags) {
    sdk::OrderAudience audience;
    if (!flags.role.empty()) {
        const auto role = sdk::role_named(flags.role);
        if (!role) return base::invalid("--role", "There is no such role.");
        audience.kind = sdk::AudienceKind::role;
        audience.role = *role;
    } else if (flags.section != 0) {
        audience.kind = sdk::AudienceKind::section;
        audience.section = flags.section;
    } else if (!flags.names.empty()) {
        auto names = all_called(march, flags.names, "--to");
        if (!names) return names.error();
        audience.kind = sdk::AudienceKind::names;
        audience.names = *std::move(names);
    }
    return audience;
}

base::Result<sdk::HeardBy> heard_by(const OrderFlags& flags) {
    if (flags.heard_by.empty()) return sdk::HeardBy::none;
    const auto heard = sdk::heard_by_named(flags.heard_by);
    if (!heard) return base::invalid("--heard-by", "Say radio, phone, voice or seen.");
    return *heard;
}

Ordered issue(const sdk::March& march, const OrderFlags& flags) {
    const auto kind = sdk::order_kind_named(flags.kind);
    if (!kind) return base::invalid("kind", "Say info, hold, slow, resume, close-up, reroute, staff-intersection, ...");
    auto audience = audience_of(march, flags);
    if (!audience) return audience.error();
    return sdk::Command(
        sdk::IssueOrder{*kind, flags.text, *std::move(audience), 0, flags.template_name, flags.parameters});
}

Ordered acknowledge(const sdk::March& march, const OrderFlags& flags) {
    auto names = all_called(march, flags.names, "--for");
    if (!names) return names.error();
    const auto heard = heard_by(flags);
    if (!heard) return heard.error();
    return sdk::Command(sdk::Acknowledge{flags.number, *std::move(names), flags.section, *heard});
}

Ordered answer(const sdk::March& march, const OrderFlags& flags) {
    const auto names = all_called(march, flags.names, "--for");
    if (!names) return names.error();
    if (names->size() > 1) return base::invalid("--for", "One count is one person's: say it for each.");
    const auto heard = heard_by(flags);
    if (!heard) return heard.error();
    const sdk::PersonId person = names->empty() ? 0 : names->front();
    return sdk::Command(sdk::AnswerRollCall{flags.number, flags.headcount, person, *heard});
}

// ---- looking -------------------------------------------------------------------------------------

Json order_json(const sdk::Order& order) {
    Json receipts = Json::array();
    for (const sdk::Receipt& receipt : order.receipts) {
        Json one{{"person", receipt.person}, {"state", sdk::name_of(receipt.state)}};
        if (!receipt.reason.empty()) one["reason"] = receipt.reason;
        if (receipt.headcount != 0) one["headcount"] = receipt.headcount;
        if (receipt.by != 0) one["by"] = receipt.by;
        if (receipt.unreached_since != 0) one["unreached_since_ms"] = receipt.unreached_since;
        receipts.push_back(std::move(one));
    }
    return {{"number", order.number},         {"kind", sdk::name_of(order.kind)},   {"text", order.text},
            {"deadline_ms", order.deadline},  {"state", sdk::name_of(order.state)}, {"escalated", order.escalated},
            {"receipts", std::move(receipts)}};
}

void list_orders(Context& context, const sdk::March& march) {
    Json orders = Json::array();
    std::string text;
    for (const sdk::Order& order : march.orders) {
        orders.push_back(order_json(order));
        text += order_text(order) + "\n";
    }
    print(context, {{"ok", true}, {"orders", std::move(orders)}}, text.empty() ? "no orders\n" : text);
}

/// One order with a line for each recipient.
void show_order(Context& context, const sdk::March& march, std::uint32_t number) {
    const sdk::Order* order = march.order(number);
    if (order == nullptr) {
        return report(context, base::refuse(base::RefusalCode::not_found, "number", "There is no such order here."));
    }
    std::string text = order_text(*order) + "\n";
    for (const sdk::Receipt& receipt : order->receipts) {
        const sdk::Member* member = march.member(receipt.person);
        const bool is_own = march.self && march.self->person == receipt.person;
        text += "  " +
                (member != nullptr ? member->callsign
                 : is_own          ? "you"
                                   : "somebody") +
                ": " + std::string(sdk::name_of(receipt.state)) + unreached_text(receipt.unreached_since);
        if (member != nullptr && member->no_phone) text += ", has no phone";
        if (!receipt.reason.empty()) text += " (" + receipt.reason + ")";
        text += "\n";
    }
    print(context, {{"ok", true}, {"order", order_json(*order)}}, text);
}

/// Who has not answered, by section.
void missing(Context& context, const sdk::March& march, std::uint32_t number) {
    const sdk::Order* order = march.order(number);
    if (order == nullptr) {
        return report(context, base::refuse(base::RefusalCode::not_found, "number", "There is no such order here."));
    }
    std::map<std::uint32_t, std::vector<std::string>> sections;
    for (const sdk::Receipt& receipt : order->receipts) {
        const sdk::Member* member = march.member(receipt.person);
        if (receipt.is_answered() || member == nullptr) continue;
        sections[member->section].push_back(member->callsign);
    }
    Json json = Json::array();
    std::string text;
    for (const auto& [section, names] : sections) {
        json.push_back({{"section", section}, {"missing", names}});
        text += section == 0 ? "no section:" : "section " + std::to_string(section) + ":";
        for (const std::string& name : names) text += (&name == &names.front() ? " " : ", ") + name;
        text += "\n";
    }
    print(context, {{"ok", true}, {"missing", std::move(json)}}, text.empty() ? "nobody is missing\n" : text);
}

// ---- verbs ---------------------------------------------------------------------------------------

void add_issue(CLI::App& order, Context& context, const OrderWish& flags) {
    auto* verb = add_order_verb(order, "issue", "ask people on duty for something", flags);
    verb->add_option("kind", flags->kind, "info, hold, stop, slow, resume, reroute, close-up, staff-intersection")
        ->required();
    verb->add_option("text", flags->text, "at most 160 characters")->required();
    verb->add_option("--template", flags->template_name, "phones that know it show it in their language");
    verb->add_option("--parameter", flags->parameters, "of the template, in order");
    add_audience(*verb, flags);
    verb->callback([&context, flags] {
        run_verb(context,
                 {flags->march, !flags->names.empty(), [&](const sdk::March& march) { return issue(march, *flags); }});
    });
    auto* cancel = add_numbered(order, "cancel", "take it back", flags);
    cancel->add_option("--reason", flags->reason, "for staff");
    cancel->callback([&context, flags] {
        run_verb(context, {flags->march, false, [&](const sdk::March&) {
                               return Ordered(sdk::CancelOrder{flags->number, flags->reason});
                           }});
    });
}

void add_receipts(CLI::App& order, Context& context, const OrderWish& flags) {
    auto* seen = add_numbered(order, "seen", "you have read it", flags);
    seen->callback([&context, flags] {
        run_verb(context,
                 {flags->march, false, [&](const sdk::March&) { return Ordered(sdk::MarkSeen{flags->number}); }});
    });
    auto* ack = add_numbered(order, "ack", "you, or those whom you heard, do it", flags);
    ack->add_option("--section", flags->section, "all of this section have it: with --heard-by");
    add_others(*ack, flags);
    ack->callback([&context, flags] {
        run_verb(context, {flags->march, !flags->names.empty(),
                           [&](const sdk::March& march) { return acknowledge(march, *flags); }});
    });
    auto* decline = add_numbered(order, "decline", "you cannot do it", flags);
    decline->add_option("--reason", flags->reason, "why not")->required();
    decline->callback([&context, flags] {
        run_verb(context, {flags->march, false, [&](const sdk::March&) {
                               return Ordered(sdk::Decline{flags->number, flags->reason});
                           }});
    });
}

}  // namespace

void add_order(CLI::App& app, Context& context) {
    auto* order = app.add_subcommand("order", "orders and who has answered them");
    order->require_subcommand(1);
    const auto flags = std::make_shared<OrderFlags>();
    add_issue(*order, context, flags);
    add_receipts(*order, context, flags);
    auto* all = add_order_verb(*order, "list", "those that you may see, with their receipts", flags);
    all->callback([&context, flags] {
        look(context, flags->march, [&](const sdk::March& march) { list_orders(context, march); });
    });
    auto* one = add_numbered(*order, "show", "who has it, who has answered, who cannot be reached", flags);
    one->callback([&context, flags] {
        look(context, flags->march, [&](const sdk::March& march) { show_order(context, march, flags->number); });
    });
}

void add_roll_call(CLI::App& app, Context& context) {
    auto* roll_call = app.add_subcommand("rollcall", "count people, and see who is missing");
    roll_call->require_subcommand(1);
    const auto flags = std::make_shared<OrderFlags>();
    auto* open = add_order_verb(*roll_call, "open", "ask for a headcount", flags);
    open->add_option("--text", flags->text, "in place of the usual sentence");
    add_audience(*open, flags);
    open->callback([&context, flags] {
        run_verb(context, {flags->march, !flags->names.empty(), [&](const sdk::March& march) -> Ordered {
                               auto audience = audience_of(march, *flags);
                               if (!audience) return audience.error();
                               return sdk::Command(sdk::OpenRollCall{*std::move(audience), flags->text, 0});
                           }});
    });
    auto* count = add_numbered(*roll_call, "answer", "how many people are with you", flags);
    count->add_option("headcount", flags->headcount)->required();
    add_others(*count, flags);
    count->callback([&context, flags] {
        run_verb(context,
                 {flags->march, !flags->names.empty(), [&](const sdk::March& march) { return answer(march, *flags); }});
    });
    auto* gone = add_numbered(*roll_call, "missing", "who has not answered, by section", flags);
    gone->callback([&context, flags] {
        look(context, flags->march, [&](const sdk::March& march) { missing(context, march, flags->number); });
    });
}

}  // namespace marchwire::cli
