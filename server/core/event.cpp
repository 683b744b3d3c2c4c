// What happens to an event as a whole.
#include "core/event.hpp"

namespace marchwire::core {

Event::Event(const Event&) = default;
Event::Event(Event&&) noexcept = default;
Event& Event::operator=(const Event&) = default;
Event& Event::operator=(Event&&) noexcept = default;
Event::~Event() = default;

}  // namespace marchwire::core
