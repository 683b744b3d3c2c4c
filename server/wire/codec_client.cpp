// What clients and the host's command line say.
#include "base/hmac.hpp"
#include "base/limits.hpp"
#include "wire/codec.hpp"
#include "wire/proto_values.hpp"

#include <google/protobuf/struct.pb.h>

#include <algorithm>
#include <charconv>
#include <utility>

namespace marchwire::wire {
namespace {

namespace limits = base::limits;

constexpr struct {
    FeedKind kind;
    std::string_view name;
    bool of_march;
} feed_words[] = {
    {FeedKind::public_feed, "public", true}, {FeedKind::ops, "ops", true},    {FeedKind::marshal, "marshal", true},
    {FeedKind::overview, "overview", false}, {FeedKind::desk, "desk", false},
};

FeedName feed_of(const std::string& text, Reading& reading) {
    auto feed = FeedName::parse(text);
    if (!feed) {
        reading.complain(feed.error());
        return {};
    }
    return *std::move(feed);
}

Subscribe read(const pb::Subscribe& in, Reading& reading) {
    Subscribe wish{feed_of(in.feed(), reading), std::nullopt};
    if (in.has_resume()) wish.resume = read(in.resume(), reading);
    return wish;
}

Hello read(const pb::Hello& in, Reading& reading) {
    Hello hello;
    hello.protocol = in.protocol();
    hello.token = in.token();
    hello.client = in.client();
    hello.device = base::DeviceId{in.device()};
    hello.signature = in.signature();
    if (static_cast<std::size_t>(in.subscribe_size()) > limits::subscriptions_per_session) {
        reading.complain("hello.subscribe",
                         "Subscribe to at most " + std::to_string(limits::subscriptions_per_session) + " feeds.");
        return hello;
    }
    for (const pb::Subscribe& wish : in.subscribe()) hello.subscribe.push_back(read(wish, reading));
    return hello;
}

/// Equal for both encodings: of the message as Protobuf writes it, without the id. The store keeps it, and a PIN is
/// found by trying: so it is of no PIN.
std::uint64_t content_hash(pb::Command command) {
    command.clear_id();
    if (command.has_cancel_sos()) command.mutable_cancel_sos()->clear_pin();
    if (command.has_set_sos_pin()) command.mutable_set_sos_pin()->Clear();
    const base::Hash256 hash = base::sha256(bytes_of(command));
    return base::short_digest(hash);
}

CommandMessage read_command(const pb::Command& in, Reading& reading) {
    if (in.id().device() == 0 || in.id().counter() == 0) {
        reading.complain("command.id", "Give device and counter, both over 0, so that sending again is safe.");
    }
    return {reading.log(in.log(), "command.log"), read(in, reading), content_hash(in)};
}

ReportPosition read(const pb::ReportPosition& in, Reading& reading) {
    ReportPosition report;
    report.march = reading.log(in.march(), "report_position.march");
    if (static_cast<std::size_t>(in.fixes_size()) > limits::positions_per_batch) {
        reading.complain("report_position.fixes",
                         "Send at most " + std::to_string(limits::positions_per_batch) + " fixes at once.");
        return report;
    }
    for (const pb::Fix& fix : in.fixes()) {
        report.fixes.push_back({read(fix.at(), reading), fix.accuracy_metres(), {fix.fix_at_ms()}});
    }
    return report;
}

ClientMessage read(const pb::ClientMessage& in, Reading& reading) {
    switch (in.message_case()) {
        case pb::ClientMessage::kHello: return read(in.hello(), reading);
        case pb::ClientMessage::kSubscribe: return read(in.subscribe(), reading);
        case pb::ClientMessage::kUnsubscribe: return Unsubscribe{feed_of(in.unsubscribe().feed(), reading)};
        case pb::ClientMessage::kCommand: return read_command(in.command(), reading);
        case pb::ClientMessage::kReportPosition: return read(in.report_position(), reading);
        case pb::ClientMessage::kGetHistory:
            return GetHistory{in.get_history().request(), feed_of(in.get_history().feed(), reading),
                              base::Seq{in.get_history().from()}, in.get_history().limit()};
        case pb::ClientMessage::kPing: return Ping{in.ping().nonce()};
        case pb::ClientMessage::kScreen: return in.screen().off() ? Screen::off : Screen::on;
        case pb::ClientMessage::kProve: return Prove{in.prove().signature(), in.prove().token()};
        case pb::ClientMessage::kReadAccess:
            return ReadAccess{in.read_access().request(), reading.log(in.read_access().log(), "read_access.log"),
                              base::PersonId{in.read_access().from()}, in.read_access().limit()};
        case pb::ClientMessage::MESSAGE_NOT_SET: break;
    }
    reading.complain("message",
                     "Send one of hello, subscribe, unsubscribe, command, report_position, get_history, "
                     "ping, screen, prove, read_access; this one is empty, or newer than the server.");
    return Ping{};
}

/// What can still be read of a message that was refused: whom to answer, and about what.
struct Addressed {
    base::CommandId command;
    std::string feed;  ///< of Subscribe
};

using google::protobuf::Struct;
using google::protobuf::Value;

const Value& value_in(const Struct& object, const std::string& name) {
    const auto found = object.fields().find(name);
    return found == object.fields().end() ? Value::default_instance() : found->second;
}

/// 64-bit numbers are text in this mapping, small ones may be numbers; 0 when it is neither.
std::uint64_t number_in(const Struct& object, const std::string& name) {
    constexpr double exact_below = 9'007'199'254'740'992;  // 2^53
    const Value& value = value_in(object, name);
    const double plain = value.number_value();
    if (plain >= 1 && plain < exact_below) return static_cast<std::uint64_t>(plain);
    const std::string& text = value.string_value();
    std::uint64_t number = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
    return read.ec == std::errc{} && read.ptr == text.data() + text.size() ? number : 0;
}

/// JSON is read without its types: one word that is not known spoils the whole message otherwise.
Addressed addressed(std::string_view bytes, Encoding encoding) {
    if (encoding == Encoding::json) {
        Struct message;
        if (!parse_json(bytes, message)) return {};
        const Struct& id = value_in(value_in(message, "command").struct_value(), "id").struct_value();
        return {{base::DeviceId{number_in(id, "device")}, number_in(id, "counter")},
                value_in(value_in(message, "subscribe").struct_value(), "feed").string_value()};
    }
    // What stands before the broken place has been read.
    pb::ClientMessage message;
    (void)message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()));
    const auto& id = message.command().id();
    return {{base::DeviceId{id.device()}, id.counter()}, message.subscribe().feed()};
}

}  // namespace

std::string FeedName::text() const {
    const auto word = std::ranges::find(feed_words, kind, [](const auto& entry) { return entry.kind; });
    return std::string(word->name) + "/" + log.text();
}

base::Result<FeedName> FeedName::parse(std::string_view text) {
    const auto slash = text.find('/');
    const auto name = text.substr(0, slash);
    const auto word = std::ranges::find(feed_words, name, [](const auto& entry) { return entry.name; });
    if (slash == std::string_view::npos || word == std::end(feed_words)) {
        return base::invalid("feed",
                             "Name a feed as in public/flag-day-2018/st-louis-mo or overview/flag-day-2018; "
                             "kinds are public, ops, marshal, overview and desk.");
    }
    auto log = base::LogId::parse(text.substr(slash + 1));
    if (!log) return base::invalid("feed", log.error().message);
    if (log->is_campaign() == word->of_march) {
        return base::invalid("feed", word->of_march ? "Name campaign and march, as in public/flag-day-2018/st-louis-mo."
                                                    : "Name the campaign only, as in overview/flag-day-2018.");
    }
    return FeedName{word->kind, *std::move(log)};
}

base::Result<ClientMessage> decode_client(std::string_view bytes, Encoding encoding) {
    if (bytes.size() > limits::message_bytes) {
        return base::refuse(base::RefusalCode::too_large, "message",
                            "A message has at most " + std::to_string(limits::message_bytes) + " bytes.");
    }
    pb::ClientMessage message;
    if (encoding == Encoding::json) {
        if (auto parsed = parse_json(bytes, message); !parsed) return parsed.error();
    } else if (!message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
        return base::invalid("message", "This is no ClientMessage of Protobuf; see proto/README.md.");
    }
    Reading reading;
    ClientMessage said = read(message, reading);
    if (reading.refusal()) return *reading.refusal();
    return said;
}

SessionItem answer_to_refused(std::string_view bytes, Encoding encoding, base::Refusal refusal) {
    if (bytes.size() > limits::message_bytes) return ErrorItem{std::move(refusal)};
    const Addressed whom = addressed(bytes, encoding);
    if (whom.command.device.value != 0 && whom.command.counter != 0) return Reply{whom.command, std::move(refusal)};
    if (auto feed = FeedName::parse(whom.feed)) return Unsubscribed{*std::move(feed), std::move(refusal)};
    return ErrorItem{std::move(refusal)};
}

base::Result<core::Command> decode_command_json(std::string_view json) {
    pb::Command message;
    if (auto parsed = parse_json(json, message); !parsed) return parsed.error();
    Reading reading;
    core::Command command = read(message, reading);
    if (reading.refusal()) return *reading.refusal();
    return command;
}

}  // namespace marchwire::wire
