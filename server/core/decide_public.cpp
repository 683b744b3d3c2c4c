// What organisers tell the public: notices and calls to action.
#include "core/decide_family.hpp"

#include "base/limits.hpp"

namespace marchwire::core {

namespace limits = base::limits;

Complaint check_calls(const std::vector<CallToAction>& calls) {
    if (calls.size() > limits::calls_to_action) {
        return base::invalid("calls", "Give at most " + std::to_string(limits::calls_to_action) + " calls to action.");
    }
    for (std::size_t i = 0; i < calls.size(); ++i) {
        const std::string field = "calls[" + std::to_string(i) + "]";
        const CallToAction& call = calls[i];
        if (auto wrong = check_text(call.text, field + ".text", limits::notice_characters, Presence::required)) {
            return wrong;
        }
        if (auto wrong = check_link(call.link, field + ".link")) return wrong;
        if (auto wrong = check_language(call.language, field + ".language")) return wrong;
    }
    return std::nullopt;
}

Decision decide_on(const Ask& ask, const PostNotice& wish) {
    if (ask.permission != Permission::act) return denied(Action::post_notice);
    if (auto wrong = check_text(wish.text, "text", limits::notice_characters, Presence::required)) return *wrong;
    if (auto wrong = check_language(wish.language, "language")) return *wrong;
    if (wish.expires_at && wish.expires_at <= ask.now) {
        return base::invalid("expires_at_ms", "This time has passed; give a later one, or none.");
    }
    Notice notice;
    notice.number = ask.state.notices_posted + 1;
    notice.severity = wish.severity;
    notice.language = wish.language;
    notice.text = wish.text;
    notice.posted_at = ask.now;
    notice.expires_at = wish.expires_at;
    return events_of(NoticePosted{std::move(notice)});
}

Decision decide_on(const Ask& ask, const SetCallsToAction& wish) {
    if (ask.permission != Permission::act) return denied(Action::post_notice);
    if (auto wrong = check_calls(wish.calls)) return *wrong;
    CallsToActionSet set{wish.calls};
    std::uint32_t number = 0;
    for (CallToAction& call : set.calls) call.number = ++number;
    return events_of(std::move(set));
}

}  // namespace marchwire::core
