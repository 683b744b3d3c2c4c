// Names of things: logs, persons, devices, commands, topics and positions.
#pragma once

#include "base/outcome.hpp"
#include "base/strong.hpp"

#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace marchwire::base {

/// A slug: 1 to 63 of [a-z0-9-]. The name of a campaign or of a march in it (DESIGN 5).
/// A default-made Slug is empty and means "none".
class Slug {
public:
    Slug() = default;
    /// INVALID_ARGUMENT naming `field` when the text is not a slug.
    [[nodiscard]] static Result<Slug> parse(std::string_view text, std::string_view field = "slug");
    /// Makes a slug of any text: lower case, runs of other characters become one '-'.
    /// Empty when nothing usable is left.
    [[nodiscard]] static Slug from_text(std::string_view text);

    [[nodiscard]] const std::string& text() const { return text_; }
    [[nodiscard]] bool empty() const { return text_.empty(); }
    auto operator<=>(const Slug&) const = default;

private:
    explicit Slug(std::string text) : text_(std::move(text)) {}
    std::string text_;
};

/// The log of a march (`campaign/march`) or of a campaign (`campaign`, march empty).
struct LogId {
    Slug campaign;
    Slug march;

    auto operator<=>(const LogId&) const = default;
    [[nodiscard]] bool is_campaign() const { return march.empty(); }
    /// `campaign` or `campaign/march`.
    [[nodiscard]] std::string text() const;
    [[nodiscard]] static Result<LogId> parse(std::string_view text);
    /// The log of the campaign that this march belongs to (itself for a campaign).
    [[nodiscard]] LogId campaign_log() const { return LogId{campaign, Slug{}}; }
};

/// Equal on every instance and in every run: chooses home shards and topic bases.
[[nodiscard]] std::uint64_t stable_hash(const LogId& log);

using PersonId = Strong<struct PersonTag, std::uint64_t>;    ///< numbered by the campaign from 1; 0 is nobody
using DeviceId = Strong<struct DeviceTag, std::uint64_t>;    ///< random, chosen by the device; 0 is none
using Seq = Strong<struct SeqTag, std::uint64_t>;            ///< place in a log, from 1; 0 is before the first
using Epoch = Strong<struct EpochTag, std::uint32_t>;        ///< grows only by create or repair; first is 1
using Term = Strong<struct TermTag, std::uint64_t>;          ///< a keeper's lease number
using TopicNumber = Strong<struct TopicTag, std::uint32_t>;  ///< core/topics.hpp says how it is made

/// A command's name, chosen by the device that made it (DESIGN 4, promise 2).
struct CommandId {
    DeviceId device;
    std::uint64_t counter = 0;  ///< from 1, growing per device

    constexpr auto operator<=>(const CommandId&) const = default;
    [[nodiscard]] constexpr explicit operator bool() const { return device && counter != 0; }
};

/// A chain value: HMAC-SHA-256, 32 bytes stored; on the wire the first 8 (`short_digest`).
using Digest = std::array<std::uint8_t, 32>;

/// The first eight bytes, big-endian: what clients hold and hand back, opaque to them.
[[nodiscard]] std::uint64_t short_digest(const Digest& digest);

/// A log's last entry as its writer knows it. seq 0 with a zero digest is the empty log.
struct Tip {
    Epoch epoch{1};
    Seq seq;
    Digest digest{};

    auto operator<=>(const Tip&) const = default;
};

/// What a client holds of a tip. For public feeds `seq` counts public items only.
struct Position {
    Epoch epoch{1};
    Seq seq;
    std::uint64_t digest = 0;

    auto operator<=>(const Position&) const = default;
};

}  // namespace marchwire::base

template <>
struct std::hash<marchwire::base::Slug> {
    std::size_t operator()(const marchwire::base::Slug& slug) const noexcept {
        return std::hash<std::string>{}(slug.text());
    }
};
template <>
struct std::hash<marchwire::base::LogId> {
    std::size_t operator()(const marchwire::base::LogId& log) const noexcept {
        return marchwire::base::stable_hash(log);
    }
};
template <>
struct std::hash<marchwire::base::CommandId> {
    std::size_t operator()(const marchwire::base::CommandId& id) const noexcept {
        return std::hash<std::uint64_t>{}(id.device.value * 0x9E3779B97F4A7C15ULL + id.counter);
    }
};
