#include "core/topics.hpp"

namespace marchwire::core {

std::string topic_name(std::uint32_t index) {
    switch (index) {
        case topic_index::public_feed: return "public";
        case topic_index::staff: return "staff";
        case topic_index::ops: return "ops";
        case topic_index::overview: return "overview";
        case topic_index::desk: return "desk";
        default: break;
    }
    if (index >= topic_index::person_first) {
        return "person:" + std::to_string(index - topic_index::person_first);
    }
    if (index > topic_index::section_ops_first) {
        return "section_ops:" + std::to_string(index - topic_index::section_ops_first);
    }
    if (index > topic_index::role_first && index <= topic_index::role_first + role_count) {
        return "role:" + std::string(name_of(static_cast<Role>(index - topic_index::role_first)));
    }
    if (index > topic_index::section_first && index <= topic_index::section_first + base::limits::sections) {
        return "section:" + std::to_string(index - topic_index::section_first);
    }
    return "topic:" + std::to_string(index);
}

}  // namespace marchwire::core
