// Calls that wait for their answer, and small builders of groups.
#include "event_log_contract.hpp"

#include <unistd.h>

#include <array>
#include <chrono>
#include <future>
#include <stdexcept>
#include <utility>

namespace marchwire::contract {
namespace {

template <class T>
T answer_of(std::future<T>& answer) {
    if (answer.wait_for(std::chrono::seconds(10)) != std::future_status::ready) throw std::runtime_error("no answer");
    return answer.get();
}

template <class T>
auto keep_in(std::shared_ptr<std::promise<T>> promise) {
    return [promise = std::move(promise)](T value) { promise->set_value(std::move(value)); };
}

template <class T, class Ask>
T ask(const Ask& call) {
    auto promise = std::make_shared<std::promise<T>>();
    auto answer = promise->get_future();
    call(keep_in<T>(promise));
    return answer_of(answer);
}

std::filesystem::path fresh_directory() {
    auto form = (std::filesystem::temp_directory_path() / "marchwire-contract-XXXXXX").string();
    if (::mkdtemp(form.data()) == nullptr) throw std::runtime_error("cannot make " + form);
    return form;
}

}  // namespace

Store::Store(Subject subject)
    : subject_(std::move(subject)),
      directory_(fresh_directory()),
      surroundings_(subject_.surroundings ? subject_.surroundings(directory_) : nullptr),
      log_(subject_.open(directory_)) {}

Store::~Store() {
    log_.reset();
    surroundings_.reset();
    std::error_code error;
    std::filesystem::remove_all(directory_, error);
}

void Store::reopen() {
    log_->stop();
    log_.reset();
    log_ = subject_.open(directory_);
}

store::AppendOutcome Store::append(store::AppendRequest request) {
    return ask<store::AppendOutcome>([&](auto done) { log_->append(std::move(request), std::move(done)); });
}
base::Result<store::OpenedLog> Store::open(const base::LogId& log) {
    return ask<base::Result<store::OpenedLog>>([&](auto done) { log_->open(log, std::move(done)); });
}
base::Result<store::Entries> Store::read(const base::LogId& log, std::uint64_t from, std::size_t limit) {
    return ask<base::Result<store::Entries>>(
        [&](auto done) { log_->read(log, base::Seq{from}, limit, std::move(done)); });
}
base::Result<void> Store::put_checkpoint(const base::LogId& log, store::Checkpoint checkpoint) {
    return ask<base::Result<void>>(
        [&](auto done) { log_->put_checkpoint(log, std::move(checkpoint), std::move(done)); });
}
base::Result<std::vector<base::LogId>> Store::list() {
    return ask<base::Result<std::vector<base::LogId>>>([&](auto done) { log_->list(std::move(done)); });
}
base::Result<std::vector<store::StoredKey>> Store::read_keys(const base::LogId& log, std::vector<std::string> names) {
    return ask<base::Result<std::vector<store::StoredKey>>>(
        [&](auto done) { log_->read_keys(log, std::move(names), std::move(done)); });
}

base::Result<store::Shredded> Store::drop_keys(const base::LogId& log, std::vector<std::string> names) {
    return ask<base::Result<store::Shredded>>(
        [&](auto done) { log_->drop_keys(log, std::move(names), std::move(done)); });
}

base::Result<store::Shredded> Store::shred(const base::LogId& log) {
    return ask<base::Result<store::Shredded>>([&](auto done) { log_->shred(log, std::move(done)); });
}

base::Tip Store::create(const base::LogId& log, const std::vector<std::string>& texts) {
    auto request = group(log, {}, texts);
    request.new_log = true;
    const auto tip = last_of(request);
    if (!is_stored(append(std::move(request)))) throw std::runtime_error("the log was not made");
    return tip;
}

base::Tip Store::extend(const base::LogId& log, const base::Tip& tip, const std::vector<std::string>& texts,
                        std::vector<store::IdRecord> ids, base::UtcMs now) {
    auto request = group(log, tip, texts);
    const auto last = last_of(request);
    for (auto& id : ids) id.answered = last;
    request.ids = std::move(ids);
    request.now = now;
    if (!is_stored(append(std::move(request)))) throw std::runtime_error("the group was not stored");
    return last;
}

store::AppendRequest group(const base::LogId& log, const base::Tip& tip, const std::vector<std::string>& texts) {
    store::AppendRequest request;
    request.log = log;
    request.expected = tip;
    request.now = base::UtcMs{1'000};
    base::Tip last = tip;
    for (const auto& text : texts) {
        last.seq = last.seq.next();
        // Any chain will do: stores compare digests and never make them.
        std::uint64_t hash = std::hash<std::string>{}(text) ^ (last.seq.value * 0x9E3779B97F4A7C15ULL);
        for (auto& byte : last.digest) {
            hash = hash * 6364136223846793005ULL + byte + 1;
            byte = static_cast<std::uint8_t>(hash >> 56);
        }
        request.entries.push_back({last, text});
    }
    return request;
}

base::Tip last_of(const store::AppendRequest& request) {
    return request.entries.empty() ? request.expected : request.entries.back().tip;
}

std::vector<std::string> texts_of(const store::Entries& entries) {
    std::vector<std::string> texts;
    for (const auto& entry : entries) texts.push_back(entry.bytes);
    return texts;
}

base::CommandId command(std::uint64_t device, std::uint64_t counter) { return {base::DeviceId{device}, counter}; }

bool is_stored(const store::AppendOutcome& outcome) {
    return outcome.has_value() && std::holds_alternative<store::Appended>(*outcome);
}

const store::AppendRefused& refused(const store::AppendOutcome& outcome) {
    return std::get<store::AppendRefused>(outcome.value());
}

}  // namespace marchwire::contract
