// A text as a QR code: on a terminal, as SVG, as PNG.
#pragma once

#include "base/outcome.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace marchwire::cli {

/// Dark and light squares, with the light border of four that readers want around them.
class QrCode {
public:
    /// TOO_LARGE for more than a code holds (about 2 300 bytes).
    [[nodiscard]] static base::Result<QrCode> of(const std::string& text);

    /// Squares on a side, border included.
    [[nodiscard]] std::size_t side() const { return side_; }
    [[nodiscard]] bool is_dark(std::size_t x, std::size_t y) const { return dark_[y * side_ + x]; }

    /// Two squares a character, for a terminal of any colours.
    [[nodiscard]] std::string terminal() const;
    [[nodiscard]] std::string svg() const;
    /// UNAVAILABLE with the path when the file cannot be written. So many pixels a square.
    [[nodiscard]] base::Result<void> write_png(const std::string& path, std::size_t pixels = 8) const;

private:
    QrCode(std::size_t side, std::vector<bool> dark) : side_(side), dark_(std::move(dark)) {}
    std::size_t side_;
    std::vector<bool> dark_;
};

}  // namespace marchwire::cli
