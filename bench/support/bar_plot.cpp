#include "support/bar_plot.hpp"

#include "support/report.hpp"

#include <algorithm>
#include <cmath>

namespace marchwire::bench {
namespace {

constexpr int width = 760, name_width = 150, value_width = 110, row_height = 22, title_height = 34, margin = 12;
constexpr int bar_width = width - name_width - value_width - 2 * margin;

std::string escaped(const std::string& text) {
    std::string out;
    for (const char c : text) {
        if (c == '&')
            out += "&amp;";
        else if (c == '<')
            out += "&lt;";
        else if (c == '"')
            out += "&quot;";
        else
            out += c;
    }
    return out;
}

std::string text_at(int x, int y, const std::string& style, const std::string& text) {
    return "<text x=\"" + std::to_string(x) + "\" y=\"" + std::to_string(y) + "\" " + style + ">" + escaped(text) +
           "</text>\n";
}

std::string rectangle(int x, int y, int w, int h, const char* colour) {
    return "<rect x=\"" + std::to_string(x) + "\" y=\"" + std::to_string(y) + "\" width=\"" + std::to_string(w) +
           "\" height=\"" + std::to_string(h) + "\" fill=\"" + colour + "\"/>\n";
}

std::string panel_at(int top, const BarPanel& panel) {
    double most = 0;
    for (const Bar& bar : panel.bars) most = std::max(most, bar.max);
    const auto along = [&](double value) {
        return most > 0 ? static_cast<int>(std::lround(value / most * bar_width)) : 0;
    };
    std::string out = text_at(margin, top + 22, "font-weight=\"bold\"", panel.title);
    int y = top + title_height;
    for (const Bar& bar : panel.bars) {
        const int x = margin + name_width;
        out += text_at(x - 8, y + 15, "text-anchor=\"end\"", bar.name);
        out += rectangle(x, y + 3, std::max(1, along(bar.value)), row_height - 8, bar.own ? "#c2410c" : "#94a3b8");
        out += rectangle(x + along(bar.min), y + row_height / 2 - 2, std::max(1, along(bar.max) - along(bar.min)), 2,
                         "#0f172a");
        out += text_at(x + along(bar.max) + 6, y + 15, "", figure(bar.value));
        y += row_height;
    }
    return out;
}

int height_of(const BarPanel& panel) { return title_height + row_height * static_cast<int>(panel.bars.size()); }

}  // namespace

std::string bar_plot(std::span<const BarPanel> panels) {
    int height = 2 * margin;
    for (const BarPanel& panel : panels) height += height_of(panel);
    std::string out = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"" + std::to_string(width) + "\" height=\"" +
                      std::to_string(height) + "\" font-family=\"sans-serif\" font-size=\"13\" fill=\"#0f172a\">\n" +
                      rectangle(0, 0, width, height, "#ffffff");
    int top = margin / 2;
    for (const BarPanel& panel : panels) {
        out += panel_at(top, panel);
        top += height_of(panel);
    }
    return out + "</svg>\n";
}

}  // namespace marchwire::bench
