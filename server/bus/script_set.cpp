// Scripts of a link.
#include "bus/script_set.hpp"

#include <array>
#include <memory>
#include <utility>

namespace marchwire::bus {

void ScriptSet::load(RedisClient& client, std::function<void(std::string)> done) {
    struct Loading {
        std::size_t left;
        std::string refused;
        std::function<void(std::string)> done;
    };
    const auto loading = std::make_shared<Loading>(Loading{texts_.size(), {}, std::move(done)});
    for (std::size_t i = 0; i < texts_.size(); ++i) {
        const std::array<std::string_view, 3> words{"SCRIPT", "LOAD", texts_[i]};
        client.request(words, [this, i, loading](const Reply* reply) {
            if (reply == nullptr) return;
            if (reply->is_error()) {
                loading->refused = reply->text;
            } else {
                names_.at(i) = reply->text;
            }
            if (--loading->left == 0) loading->done(std::move(loading->refused));
        });
    }
}

}  // namespace marchwire::bus
