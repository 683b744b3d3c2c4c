#include "backups.hpp"

#include <boost/asio/post.hpp>

#include <future>
#include <utility>

namespace marchwire {

namespace {

base::Refusal stopping() {
    return base::refuse(base::RefusalCode::unavailable, "", "The server is stopping: no backup was made.");
}

}  // namespace

/// The first to give it is heard: the store, or the end of the server. It outlives a wait that was given up.
class Backups::Answer {
public:
    void give(base::Result<store::BackupMade> said) {
        std::call_once(given_, [&] { said_.set_value(std::move(said)); });
    }
    [[nodiscard]] base::Result<store::BackupMade> wait() { return said_.get_future().get(); }

private:
    std::once_flag given_;
    std::promise<base::Result<store::BackupMade>> said_;
};

Backups::Backups(store::EventLog& log, store::BackupFile::Live live) : log_(log), live_(std::move(live)), worker_(1) {}

Backups::~Backups() { finish(); }

void Backups::write(const std::filesystem::path& file, store::BackupFile::Existing existing, Done done) {
    // Before anything is looked at: the other's FILE.part may be the one that this would write.
    if (under_way_.exchange(true)) {
        return done(base::refuse(base::RefusalCode::conflict, "",
                                 "A backup is being written already: wait until that one is done."));
    }
    boost::asio::post(worker_, [this, file, existing, done = std::move(done)] {
        const auto outcome = written(file, existing);
        under_way_ = false;
        done(outcome);
    });
}

base::Result<Backups::Written> Backups::written(const std::filesystem::path& file,
                                                store::BackupFile::Existing existing) {
    auto backup = store::BackupFile::make(file, existing, live_);
    if (!backup) return backup.error();
    const auto answer = begin_waiting();
    log_.backup(backup->part(), [answer](base::Result<store::BackupMade> said) { answer->give(std::move(said)); });
    const auto made = answer->wait();
    if (!made) return made.error();
    const auto bytes = backup->keep();
    if (!bytes) return bytes.error();
    return Written{*bytes, made->longest_step};
}

std::shared_ptr<Backups::Answer> Backups::begin_waiting() {
    auto answer = std::make_shared<Answer>();
    const std::lock_guard lock(mutex_);
    if (ending_) answer->give(stopping());
    waited_for_ = answer;
    return answer;
}

void Backups::finish() {
    {
        const std::lock_guard lock(mutex_);
        ending_ = true;
        if (waited_for_) waited_for_->give(stopping());
    }
    worker_.join();
}

}  // namespace marchwire
