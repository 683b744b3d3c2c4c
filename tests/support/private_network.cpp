// Network namespaces, by the program ip.
#include "private_network.hpp"

#include "program.hpp"

#include <unistd.h>
#include <sstream>
#include <stdexcept>

namespace marchwire::test {
namespace {

/// "link set lo up" and so on.
void ip(const std::string& words) {
    std::vector<std::string> arguments = {"ip"};
    std::istringstream stream(words);
    for (std::string word; stream >> word;) arguments.push_back(word);
    Program program(arguments, Stream::error);
    const Ended ended = program.wait();
    if (ended.exit_code != 0)
        throw std::runtime_error("ip " + words + ": " + ended.out.substr(0, ended.out.find('\n')));
}

}  // namespace

PrivateNetwork::PrivateNetwork()
    : name_("marchwire-" + std::to_string(::getpid())),
      // 198.18.0.0/15 is for tests between networks (RFC 2544): nobody is routed there.
      network_("198.18." + std::to_string(::getpid() % 256) + ".") {
    ip("netns add " + name_);
    try {
        lay();
    } catch (const std::runtime_error&) {
        ip("netns del " + name_);
        throw;
    }
}

PrivateNetwork::~PrivateNetwork() {
    // The cable goes with it: a pair of devices ends with either.
    (void)run_program({"ip", "netns", "del", name_});
}

void PrivateNetwork::lay() {
    const std::string outside = "mw" + std::to_string(::getpid());
    ip("link add " + outside + " type veth peer name cable netns " + name_);
    ip("addr add " + network_ + "1/30 dev " + outside);
    ip("link set " + outside + " up");
    ip("-n " + name_ + " addr add " + network_ + "2/30 dev cable");
    plug();
}

// The end in there: outside the route stays, so that what is sent goes nowhere and nobody is told.
void PrivateNetwork::pull() { ip("-n " + name_ + " link set cable down"); }
void PrivateNetwork::plug() { ip("-n " + name_ + " link set cable up"); }

}  // namespace marchwire::test
