#include "base/random.hpp"

#include "base/outcome.hpp"

#include <openssl/rand.h>

namespace marchwire::base {

std::string random_bytes(std::size_t count) {
    std::string bytes(count, '\0');
    MARCHWIRE_INVARIANT(RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(count)) == 1);
    return bytes;
}

}  // namespace marchwire::base
