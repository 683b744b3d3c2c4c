#include "qr_code.hpp"

#include <png.h>
#include <qrencode.h>

#include <cstdio>
#include <memory>
#include <utility>

namespace marchwire::cli {
namespace {

constexpr std::size_t border = 4;  // ISO 18004, 6.3.8

struct Free {
    void operator()(QRcode* code) const { QRcode_free(code); }
    void operator()(std::FILE* file) const { (void)std::fclose(file); }
};

}  // namespace

base::Result<QrCode> QrCode::of(const std::string& text) {
    // A quarter may be lost to rain and folds.
    const std::unique_ptr<QRcode, Free> code(QRcode_encodeString8bit(text.c_str(), 0, QR_ECLEVEL_M));
    if (code == nullptr) {
        return base::refuse(base::RefusalCode::too_large, "text", "This is too long for a QR code: send it as a link.");
    }
    const auto width = static_cast<std::size_t>(code->width);
    const std::size_t side = width + 2 * border;
    std::vector<bool> dark(side * side, false);
    for (std::size_t y = 0; y < width; ++y) {
        for (std::size_t x = 0; x < width; ++x) {
            dark[(y + border) * side + x + border] = (code->data[y * width + x] & 1U) != 0;
        }
    }
    return QrCode(side, std::move(dark));
}

std::string QrCode::terminal() const {
    // Colours are set, so that it is dark on light on a dark terminal as well.
    std::string text;
    for (std::size_t y = 0; y < side_; y += 2) {
        text += "\x1B[30;107m";
        for (std::size_t x = 0; x < side_; ++x) {
            const bool upper = is_dark(x, y);
            const bool lower = y + 1 < side_ && is_dark(x, y + 1);
            text += upper ? (lower ? "\u2588" : "\u2580") : (lower ? "\u2584" : " ");
        }
        text += "\x1B[0m\n";
    }
    return text;
}

std::string QrCode::svg() const {
    const std::string size = std::to_string(side_);
    std::string text = R"(<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 )" + size + " " + size +
                       R"(" shape-rendering="crispEdges"><path fill="#fff" d="M0 0h)" + size + "v" + size + "H0z\"/>" +
                       R"(<path d=")";
    for (std::size_t y = 0; y < side_; ++y) {
        for (std::size_t x = 0; x < side_; ++x) {
            if (is_dark(x, y)) text += "M" + std::to_string(x) + " " + std::to_string(y) + "h1v1h-1z";
        }
    }
    return text + "\"/></svg>\n";
}

base::Result<void> QrCode::write_png(const std::string& path, std::size_t pixels) const {
    const auto width = static_cast<png_uint_32>(side_ * pixels);
    std::vector<png_byte> grey(std::size_t{width} * width, 0xFF);
    for (std::size_t y = 0; y < width; ++y) {
        for (std::size_t x = 0; x < width; ++x) {
            if (is_dark(x / pixels, y / pixels)) grey[y * width + x] = 0;
        }
    }
    png_image image{};
    image.version = PNG_IMAGE_VERSION;
    image.width = width;
    image.height = width;
    image.format = PNG_FORMAT_GRAY;
    if (png_image_write_to_file(&image, path.c_str(), 0, grey.data(), 0, nullptr) == 0) {
        return base::refuse(base::RefusalCode::unavailable, path,
                            "This file cannot be written: look at its directory.");
    }
    return {};
}

}  // namespace marchwire::cli
