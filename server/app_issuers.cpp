#include "app_issuers.hpp"

#include "access/app_token.hpp"

#include <utility>

namespace marchwire {
namespace {

base::Result<std::shared_ptr<const std::vector<base::Issuer>>> read_all(const std::string& path) {
    auto issuers = base::read_issuers(path);
    if (!issuers) return issuers.error();
    return std::make_shared<const std::vector<base::Issuer>>(*std::move(issuers));
}

}  // namespace

base::Result<std::unique_ptr<AppIssuers>> AppIssuers::open(const std::string& path) {
    auto issuers = read_all(path);
    if (!issuers) return issuers.error();
    return std::unique_ptr<AppIssuers>(new AppIssuers(path, *std::move(issuers)));
}

base::Result<void> AppIssuers::reload() {
    auto issuers = read_all(path_);
    if (!issuers) return issuers.error();
    const std::scoped_lock lock(mutex_);
    issuers_ = *std::move(issuers);
    return {};
}

AppIssuers::Issuers AppIssuers::all() const {
    const std::scoped_lock lock(mutex_);
    return issuers_;
}

base::Result<session::AppPass> AppIssuers::judge(std::string_view token, base::UtcMs now) const {
    auto claims = access::read_app_token(token, *all(), now);
    if (!claims) return claims.error();
    return session::AppPass{{std::move(claims->march), std::move(claims->subject)}, claims->expires_at - now};
}

}  // namespace marchwire
