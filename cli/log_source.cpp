#include "log_source.hpp"

#include "admin_client.hpp"
#include "base/limits.hpp"
#include "store/offline_log.hpp"
#include "store/redis_log.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <future>
#include <memory>
#include <optional>
#include <utility>

namespace marchwire::cli {
namespace {

using Json = nlohmann::json;

base::Refusal not_understood() {
    return base::refuse(base::RefusalCode::unavailable, "admin.sock",
                        "The server's answer is not understood; use a command line of the server's version.");
}

std::optional<unsigned> nibble(char c) {
    if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
    if (c >= 'a' && c <= 'f') return static_cast<unsigned>(c - 'a') + 10;
    return std::nullopt;
}

std::optional<std::string> bytes_of_hex(const std::string& hex) {
    if (hex.size() % 2 != 0) return std::nullopt;
    std::string bytes;
    bytes.reserve(hex.size() / 2);
    for (std::size_t i = 0; i < hex.size(); i += 2) {
        const auto high = nibble(hex[i]);
        const auto low = nibble(hex[i + 1]);
        if (!high || !low) return std::nullopt;
        bytes.push_back(static_cast<char>(*high << 4U | *low));
    }
    return bytes;
}

std::optional<store::StoredEntry> entry_of(const Json& row) {
    if (!row.is_object()) return std::nullopt;
    const auto bytes = bytes_of_hex(row.value("bytes", ""));
    const auto digest = bytes_of_hex(row.value("digest", ""));
    store::StoredEntry entry;
    if (!bytes || !digest || digest->size() != entry.tip.digest.size()) return std::nullopt;
    entry.tip.seq = base::Seq{row.value("seq", std::uint64_t{0})};
    entry.tip.epoch = base::Epoch{row.value("epoch", std::uint32_t{0})};
    std::ranges::transform(*digest, entry.tip.digest.begin(), [](char c) { return static_cast<std::uint8_t>(c); });
    entry.bytes = *bytes;
    return entry;
}

class ServerSource final : public LogSource {
public:
    explicit ServerSource(const std::string& data) : admin_(data) {}
    [[nodiscard]] bool runs() { return admin_.server_runs(); }

    base::Result<std::vector<base::LogId>> list() override {
        const auto answer = admin_.ask({{"verb", "list"}});
        if (!answer) return answer.error();
        std::vector<base::LogId> logs;
        for (const Json& name : answer->value("logs", Json::array())) {
            auto log = base::LogId::parse(name.is_string() ? name.get<std::string>() : "");
            if (!log) return not_understood();
            logs.push_back(*std::move(log));
        }
        return logs;
    }

    base::Result<store::Entries> read(const base::LogId& log, base::Seq from) override {
        const auto answer = admin_.ask({{"verb", "log_read"}, {"log", log.text()}, {"from", from.value}});
        if (!answer) return answer.error();
        store::Entries entries;
        for (const Json& row : answer->value("entries", Json::array())) {
            auto entry = entry_of(row);
            if (!entry) return not_understood();
            entries.push_back(*std::move(entry));
        }
        return entries;
    }

private:
    AdminClient admin_;
};

class DirectorySource final : public LogSource {
public:
    explicit DirectorySource(store::OfflineLog log) : log_(std::move(log)) {}
    base::Result<std::vector<base::LogId>> list() override { return log_.list(); }
    base::Result<store::Entries> read(const base::LogId& log, base::Seq from) override {
        return log_.read(log, from, base::limits::history_entries);
    }

private:
    store::OfflineLog log_;
};

class RedisSource final : public LogSource {
public:
    explicit RedisSource(std::unique_ptr<store::RedisLog> log) : log_(std::move(log)) {}
    base::Result<std::vector<base::LogId>> list() override {
        return answer<std::vector<base::LogId>>([this](auto done) { log_->list(std::move(done)); });
    }
    base::Result<store::Entries> read(const base::LogId& log, base::Seq from) override {
        return answer<store::Entries>(
            [&](auto done) { log_->read(log, from, base::limits::replay_window_entries, std::move(done)); });
    }

private:
    template <class T, class Ask>
    static base::Result<T> answer(const Ask& ask) {
        const auto promise = std::make_shared<std::promise<base::Result<T>>>();
        auto answered = promise->get_future();
        ask([promise](base::Result<T> result) { promise->set_value(std::move(result)); });
        return answered.get();
    }

    std::unique_ptr<store::RedisLog> log_;
};

base::Result<std::unique_ptr<LogSource>> open_redis_source(const store::RedisPlace& place) {
    store::RedisLogSettings settings;
    auto redis = store::redis_settings(place);
    if (!redis) return redis.error();
    settings.redis = *std::move(redis);
    auto log = store::RedisLog::open(settings);
    if (!log) return log.error();
    return std::unique_ptr<LogSource>(std::make_unique<RedisSource>(*std::move(log)));
}

}  // namespace

base::Result<std::unique_ptr<LogSource>> open_log_source(const std::string& data_directory,
                                                         const store::RedisPlace& redis) {
    auto server = std::make_unique<ServerSource>(data_directory);
    if (server->runs()) return std::unique_ptr<LogSource>(std::move(server));
    if (!redis.address.empty() && redis.address != "sqlite") return open_redis_source(redis);
    auto offline = store::OfflineLog::open(data_directory);
    if (!offline) return offline.error();
    return std::unique_ptr<LogSource>(std::make_unique<DirectorySource>(std::move(*offline)));
}

base::Result<void> each_entry(LogSource& source, const base::LogId& log, base::Seq from,
                              const std::function<bool(const store::StoredEntry&)>& visit) {
    while (true) {
        const auto entries = source.read(log, from);
        if (!entries) return entries.error();
        if (entries->empty()) return {};
        for (const store::StoredEntry& entry : *entries) {
            if (!visit(entry)) return {};
            from = entry.tip.seq.next();
        }
    }
}

base::Result<std::vector<base::LogId>> wanted_logs(LogSource& source, const std::string& name) {
    if (name.empty()) return source.list();
    const auto log = base::LogId::parse(name);
    if (!log) return log.error();
    return std::vector<base::LogId>{*log};
}

void add_redis_place(CLI::App& verb, store::RedisPlace& redis) {
    verb.add_option("--store", redis.address, "address of the Redis that has the logs, while no server runs here")
        ->envname("MARCHWIRE_STORE");
    verb.add_option("--redis-user", redis.user, "of Redis' ACL")->envname("MARCHWIRE_REDIS_USER");
    verb.add_option("--redis-password-file", redis.password_file, "Redis' password")
        ->envname("MARCHWIRE_REDIS_PASSWORD_FILE");
    verb.add_option("--redis-ca", redis.ca_file, "PEM: whom to believe under rediss://")->envname("MARCHWIRE_REDIS_CA");
}

}  // namespace marchwire::cli
