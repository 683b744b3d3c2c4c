// What the instances of one deployment tell one another beside the logs, and who of them keeps which march.
#pragma once

#include "base/ids.hpp"
#include "base/units.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace marchwire::bus {

/// Ends its listening when destroyed; after that the callback is not called again.
class Listening {
public:
    virtual ~Listening() = default;
};

/// A march that this instance keeps now.
struct Kept {
    base::LogId march;
    base::UtcMs kept_before;  ///< when somebody last kept it, by the clock of that instance; 0: nobody ever
    bool operator==(const Kept&) const = default;
};

/// How the instances are to one another.
struct Peers {
    base::Millis lag;        ///< what is published is heard so late, for a while already; 0: in time
    std::uint32_t lost = 0;  ///< fell silent without leaving, not long ago, and no other came in their place
    bool operator==(const Peers&) const = default;
};

/// What this instance may do now, and what there is.
struct Duties {
    std::vector<Kept> kept;              ///< empty too when the link was lost for too long
    std::vector<base::LogId> campaigns;  ///< all of the deployment
    Peers peers = {};
    bool operator==(const Duties&) const = default;
};

/// Newest values only: who misses one has the next. Entries do not come this way (store/event_log.hpp, follow).
/// Every method may be called on any thread; callbacks come on the bus's own.
class Bus {
public:
    virtual ~Bus() = default;

    /// Tells this instance apart from the others, for as long as it runs.
    [[nodiscard]] virtual std::string name() const = 0;

    using Heard = std::function<void(std::string bytes)>;
    /// To every other instance that listens to this log; nothing when the link is down.
    virtual void tell(const base::LogId& log, std::string bytes) = 0;
    [[nodiscard]] virtual std::unique_ptr<Listening> listen(const base::LogId& log, Heard heard) = 0;

    /// The same, and it is kept under the name for instances that come later: public rows, nothing of a person.
    virtual void put(const base::LogId& log, const std::string& name, std::string bytes) = 0;
    using Row = std::pair<std::string, std::string>;  ///< name and bytes
    /// Once, with what is kept; empty when the link is down.
    virtual void rows(const base::LogId& log, std::function<void(std::vector<Row>)> told) = 0;

    /// From now on this instance takes its share of the marches: told each second. `now` is asked on the bus's thread.
    virtual void keep(std::function<base::UtcMs()> now, std::function<void(Duties)> told) = 0;
    /// `done` once the others can hear what was told here before, and what they had told by now has been heard here;
    /// what is kept is renewed with it. For a host who moves the clock.
    virtual void catch_up(std::function<void()> done) = 0;
    /// Gives its marches back, so that others take them at once; nothing is told any more.
    virtual void stop() = 0;
};

}  // namespace marchwire::bus
