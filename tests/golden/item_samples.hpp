// One item of each kind that the server sends, every field set.
#pragma once

#include "wire/codec.hpp"

#include <functional>
#include <string>
#include <vector>

namespace marchwire::test {

struct ItemSample {
    std::string name;  ///< of the item's arm; of a public item's arm behind a point
    std::function<std::string(wire::Encoding)> encode;
};
std::vector<ItemSample> item_samples();

struct SnapshotSample {
    std::string name;  ///< of the message's type; what it is of behind a point
    std::function<std::string(wire::Encoding)> encode;
};
std::vector<SnapshotSample> snapshot_samples();

}  // namespace marchwire::test
