// What every entry does to the state of its log, whatever it bears. (internal to core)
#pragma once

#include "core/event.hpp"
#include "core/model.hpp"

namespace marchwire::core {

template <class State>
void advance(State& state, const Entry& entry, const base::Digest& digest) {
    state.tip = Tip{entry.epoch, entry.seq, digest};
    state.public_seq = entry.public_seq;
    for (const TopicStamp& stamp : entry.topics) state.topics.last[stamp.index] = entry.seq;
}

}  // namespace marchwire::core
