// `marchwire roster details|reveal|erase`: who somebody of the roster is, which few read and each reading tells the
// log.
#include "person_link.hpp"
#include "verb.hpp"

#include <CLI/CLI.hpp>

#include <functional>
#include <memory>
#include <string>

namespace marchwire::cli {
namespace {

struct PersonFlags {
    std::string march;
    std::string callsign;
    std::string name;
    std::string phone;
};
using NamedPerson = std::shared_ptr<PersonFlags>;

CLI::App* add_of_person(CLI::App& roster, Context& context, const std::string& name, const std::string& about,
                        const NamedPerson& flags, const std::function<sdk::Command(sdk::PersonId)>& make) {
    auto* verb = roster.add_subcommand(name, about);
    verb->add_option("callsign", flags->callsign, "somebody of the roster")->required();
    verb->add_option("--march", flags->march, "CAMPAIGN/MARCH; without it the one that your token is for");
    verb->callback([&context, flags, make] {
        run_verb(context, {flags->march, true, [&](const sdk::March& march) -> base::Result<sdk::Command> {
                               const auto member = called(march, flags->callsign, "callsign");
                               if (!member) return member.error();
                               return make(member->person);
                           }});
    });
    return verb;
}

}  // namespace

void add_persons(CLI::App& roster, Context& context) {
    const auto flags = std::make_shared<PersonFlags>();
    auto* details = add_of_person(roster, context, "details",
                                  "their name and phone number, stored sealed until a week after the march", flags,
                                  [flags](sdk::PersonId person) {
                                      return sdk::Command(sdk::SetPersonDetails{person, flags->name, flags->phone});
                                  });
    details->add_option("--name", flags->name, "as they are called");
    details->add_option("--phone", flags->phone, "where they are reached");
    add_of_person(roster, context, "reveal", "their name and phone number; the log tells that you read them", flags,
                  [](sdk::PersonId person) { return sdk::Command(sdk::RevealPerson{person}); });
    add_of_person(roster, context, "erase", "delete their name and phone number for good; the callsign stays", flags,
                  [](sdk::PersonId person) { return sdk::Command(sdk::ErasePerson{person}); });
}

}  // namespace marchwire::cli
