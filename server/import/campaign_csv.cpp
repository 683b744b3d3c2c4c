#include "import/campaign_csv.hpp"

#include "base/limits.hpp"
#include "import/campaign_row.hpp"
#include "import/csv.hpp"
#include "import/place_check.hpp"

#include <algorithm>
#include <map>
#include <string>
#include <utility>

namespace marchwire::import {
namespace {

namespace limits = base::limits;

/// Letters of U+00C0 to U+00FF without their marks, so that 'Cañon City' becomes canon-city.
constexpr std::string_view plain_latin = "aaaaaaaceeeeiiiidnooooo-ouuuuytsaaaaaaaceeeeiiiidnooooo-ouuuuyty";

std::string without_marks(std::string_view text) {
    std::string plain;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto byte = static_cast<unsigned char>(text[i]);
        if (byte == 0xC3 && i + 1 < text.size()) {
            plain.push_back(plain_latin[static_cast<unsigned char>(text[++i]) & 0x3FU]);
        } else {
            plain.push_back(text[i]);
        }
    }
    return plain;
}

base::Slug slug_of(std::string_view text) { return base::Slug::from_text(without_marks(text)); }

class DraftMaker {
public:
    explicit DraftMaker(std::string_view bytes) : bytes_(bytes) {}

    CampaignDraft make() {
        draft_.file_hash = base::sha256(bytes_);
        CsvTable table = read_csv(bytes_);
        draft_.findings = std::move(table.findings);
        if (count_of(draft_.findings, Weight::error) == 0) read_rows(table);
        if (draft_.findings.size() > limits::import_findings) {
            // Errors first: a warning that is cut off does no harm, an error that is cut off lets a bad file in.
            std::ranges::stable_sort(draft_.findings, std::ranges::greater{}, &Finding::weight);
            draft_.findings.resize(limits::import_findings);
        }
        return std::move(draft_);
    }

private:
    void complain(const DraftMarch& march, std::string column, std::string message) {
        draft_.findings.push_back({Weight::error, march.row, std::move(column), std::move(message)});
    }

    void read_rows(const CsvTable& table) {
        if (table.records.empty()) {
            draft_.findings.push_back({Weight::error, 0, "", "The file holds no rows; the first names the columns."});
            return;
        }
        const Columns columns = read_header(table.records.front(), draft_.findings);
        if (count_of(draft_.findings, Weight::error) != 0) return;
        for (std::size_t i = 1; i < table.records.size(); ++i) {
            if (auto march = read_march(table.records[i], columns, draft_.findings)) {
                draft_.marches.push_back(std::move(*march));
            }
        }
        if (draft_.marches.empty() && draft_.findings.empty()) {
            draft_.findings.push_back({Weight::error, 0, "", "The file names no march; add a row for each."});
        }
        give_slugs();
        refuse_equal_slugs();
        compare_sites_of_a_city();
    }

    void give_slugs() {
        std::map<base::Slug, std::size_t> of_city;
        for (const DraftMarch& march : draft_.marches) ++of_city[city_slug(march)];
        for (DraftMarch& march : draft_.marches) {
            if (!march.slug.empty()) continue;
            const bool alone = of_city[city_slug(march)] == 1;
            if (!alone && march.spec.venue.empty()) {
                complain(march, "venue",
                         "Several rows are for this city; name the venue of each, or give each a slug.");
            }
            march.slug = alone ? city_slug(march)
                               : slug_of(march.spec.city + " " + march.spec.state + " " + march.spec.venue);
            if (march.slug.empty()) {
                complain(march, "city", "No slug can be made from this name; add a column slug, such as st-louis-mo.");
            }
        }
    }

    static base::Slug city_slug(const DraftMarch& march) { return slug_of(march.spec.city + " " + march.spec.state); }

    void refuse_equal_slugs() {
        std::map<base::Slug, std::size_t> row_of;
        for (const DraftMarch& march : draft_.marches) {
            if (march.slug.empty()) continue;
            const auto [at, fresh] = row_of.emplace(march.slug, march.row);
            if (fresh) continue;
            complain(march, "",
                     "Row " + std::to_string(at->second) + " is the same march (" + march.slug.text() +
                         "); remove one, or tell them apart by venue or slug.");
        }
    }

    /// Two sites of one city that lie far apart: one of them was found in another state.
    void compare_sites_of_a_city() {
        std::map<base::Slug, const DraftMarch*> first_of;
        for (const DraftMarch& march : draft_.marches) {
            if (!march.spec.site) continue;
            const auto [at, fresh] = first_of.emplace(city_slug(march), &march);
            if (fresh) continue;
            const double apart = distance(*at->second->spec.site, *march.spec.site).value;
            if (apart <= limits::site_from_city_metres) continue;
            draft_.findings.push_back({Weight::warning, march.row, "lat",
                                       "This site lies " + std::to_string(static_cast<int>(apart / 1000)) +
                                           " km from that of row " + std::to_string(at->second->row) +
                                           ", which is in the same city; look both up again."});
        }
    }

    std::string_view bytes_;
    CampaignDraft draft_;
};

}  // namespace

CampaignDraft read_campaign_csv(std::string_view bytes) { return DraftMaker(bytes).make(); }

}  // namespace marchwire::import
