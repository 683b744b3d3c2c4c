// CLI::App by name alone: CLI11 costs each includer two seconds.
#pragma once

namespace CLI {
class App;
}
