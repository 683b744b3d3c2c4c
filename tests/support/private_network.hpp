// A network of its own for a program: a namespace, and a cable to it that may be pulled. (tests)
#pragma once

#include <string>
#include <vector>

namespace marchwire::test {

/// Linux only, and only for whoever may make network namespaces (root, in a container with CAP_NET_ADMIN and
/// CAP_SYS_ADMIN). Gone with it; one at a time in a process.
class PrivateNetwork {
public:
    /// Throws std::runtime_error with the system's own words when it may not.
    PrivateNetwork();
    ~PrivateNetwork();
    PrivateNetwork(const PrivateNetwork&) = delete;
    PrivateNetwork& operator=(const PrivateNetwork&) = delete;

    /// What starts a program in there.
    [[nodiscard]] std::vector<std::string> enter() const { return {"ip", "netns", "exec", name_}; }
    /// Of the programs in there, for those outside.
    [[nodiscard]] std::string address() const { return network_ + "2"; }

    /// Nothing passes, and neither side is told: no connection is closed or refused.
    void pull();
    void plug();

private:
    void lay();

    std::string name_;
    std::string network_;  ///< of four addresses, but for the last digit
};

}  // namespace marchwire::test
