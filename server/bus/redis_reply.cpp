// RESP2 by hiredis, into replies of our own.
#include "bus/redis_reply.hpp"

#include "base/limits.hpp"

#include <hiredis/hiredis.h>
#include <hiredis/read.h>

#include <array>
#include <limits>
#include <new>
#include <utility>

namespace marchwire::bus {
namespace {

/// Where the reader puts what it has just read: a place in the array above it, or a reply of its own.
Reply* place_of(const redisReadTask* task) {
    if (task->parent == nullptr) return new Reply;
    auto* above = static_cast<Reply*>(task->parent->obj);
    return &above->items[static_cast<std::size_t>(task->idx)];
}

Reply::Kind kind_of(int type) {
    if (type == REDIS_REPLY_ERROR) return Reply::Kind::error;
    return type == REDIS_REPLY_STATUS ? Reply::Kind::status : Reply::Kind::text;
}

void* make_text(const redisReadTask* task, char* bytes, std::size_t size) {
    Reply* reply = place_of(task);
    reply->kind = kind_of(task->type);
    reply->text.assign(bytes, size);
    return reply;
}

/// Null ends the reading with an error: an array that no script of ours makes.
void* make_array(const redisReadTask* task, int items) {
    if (items < 0 || static_cast<std::size_t>(items) > base::limits::redis_reply_items) return nullptr;
    Reply* reply = place_of(task);
    reply->kind = Reply::Kind::array;
    reply->items.resize(static_cast<std::size_t>(items));
    return reply;
}

void* make_integer(const redisReadTask* task, long long value) {
    Reply* reply = place_of(task);
    reply->kind = Reply::Kind::integer;
    reply->integer = value;
    return reply;
}

void* make_nil(const redisReadTask* task) { return place_of(task); }

void free_reply(void* reply) { delete static_cast<Reply*>(reply); }

redisReplyObjectFunctions functions{make_text, make_array, make_integer, make_nil, free_reply};

constexpr std::array<std::pair<std::string_view, RedisFault>, 18> faults{{
    {"OOM", RedisFault::not_now},
    {"BUSY", RedisFault::not_now},
    {"MISCONF", RedisFault::not_now},
    {"NOREPLICAS", RedisFault::not_now},
    {"TRYAGAIN", RedisFault::not_now},
    {"LOADING", RedisFault::not_here},
    {"READONLY", RedisFault::not_here},
    {"MASTERDOWN", RedisFault::not_here},
    {"UNBLOCKED", RedisFault::not_here},  // the master became a replica while it waited
    {"NOSCRIPT", RedisFault::no_script},
    {"NOAUTH", RedisFault::no_access},
    {"WRONGPASS", RedisFault::no_access},
    {"NOPERM", RedisFault::no_access},
    {"WRONGTYPE", RedisFault::foreign_key},
    {"MOVED", RedisFault::cluster},
    {"ASK", RedisFault::cluster},
    {"CROSSSLOT", RedisFault::cluster},
    {"CLUSTERDOWN", RedisFault::cluster},
}};

}  // namespace

RedisFault fault_of(std::string_view error) {
    const std::string_view word = error.substr(0, error.find(' '));
    for (const auto& [name, fault] : faults) {
        if (word == name) return fault;
    }
    return RedisFault::other;
}

void append_command(std::string& out, std::span<const std::string_view> arguments) {
    std::vector<const char*> bytes;
    std::vector<std::size_t> sizes;
    bytes.reserve(arguments.size());
    sizes.reserve(arguments.size());
    for (const std::string_view argument : arguments) {
        bytes.push_back(argument.data() == nullptr ? "" : argument.data());
        sizes.push_back(argument.size());
    }
    sds command = nullptr;
    const int size = redisFormatSdsCommandArgv(&command, static_cast<int>(arguments.size()), bytes.data(),
                                               sizes.data());
    if (size < 0) throw std::bad_alloc();
    out.append(command, static_cast<std::size_t>(size));
    redisFreeSdsCommand(command);
}

void ReplyReader::Free::operator()(redisReader* reader) const { redisReaderFree(reader); }

ReplyReader::ReplyReader() { reset(); }
ReplyReader::~ReplyReader() = default;

void ReplyReader::reset() {
    reader_.reset(redisReaderCreateWithFunctions(&functions));
    if (!reader_) throw std::bad_alloc();
    broken_.clear();
}

void ReplyReader::feed(std::string_view bytes) {
    if (!broken_.empty()) return;
    if (redisReaderFeed(reader_.get(), bytes.data(), bytes.size()) != REDIS_OK) {
        broken_ = static_cast<const char*>(reader_->errstr);
    }
}

std::optional<Reply> ReplyReader::next() {
    if (!broken_.empty()) return std::nullopt;
    void* read = nullptr;
    if (redisReaderGetReply(reader_.get(), &read) != REDIS_OK) {
        broken_ = static_cast<const char*>(reader_->errstr);
        return std::nullopt;
    }
    if (read == nullptr) return std::nullopt;
    const std::unique_ptr<Reply> reply(static_cast<Reply*>(read));
    return std::move(*reply);
}

}  // namespace marchwire::bus
