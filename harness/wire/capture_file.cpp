#include "harness/wire/capture_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <system_error>

#include "harness/wire/pcapng.h"

namespace mqtts::wire {
namespace {

constexpr std::size_t most_waiting = 64UL * 1024;  // bytes
constexpr mode_t private_mode = 0600;
constexpr mode_t public_mode = 0644;

}  // namespace

void CaptureFile::begin(Secrets secrets) {
  const std::lock_guard lock(mutex_);
  ++users_;
  holds_secret_ = holds_secret_ || secrets == Secrets::inside;
}

void CaptureFile::end() {
  const std::lock_guard lock(mutex_);
  if (--users_ > 0 || file_.get() < 0) return;
  flush();
  fchmod(file_.get(), holds_secret_ ? private_mode : public_mode);
  file_.close();
}

void CaptureFile::add(const CapturedPacket& packet) {
  const std::lock_guard lock(mutex_);
  append(pcapng_packet(packet.at, packet.direction, packet.bytes, packet.comment));
  if (failure_) return;
  if (!first_) first_ = packet.at;
  ++capture_.packets;
  if (capture_.first.size() == most_packet_lines) return;
  capture_.first.push_back({.number = capture_.packets,
                            .seconds = std::chrono::duration<double>(packet.at - *first_).count(),
                            .direction = packet.direction,
                            .protocol = packet.words.protocol,
                            .summary = packet.words.summary,
                            .inside = packet.words.inside});
}

void CaptureFile::add_keys(std::string_view lines) {
  const std::lock_guard lock(mutex_);
  holds_secret_ = true;
  append(pcapng_keys(lines));
}

bool CaptureFile::wants_words() const {
  const std::lock_guard lock(mutex_);
  return capture_.first.size() < most_packet_lines;
}

std::optional<Capture> CaptureFile::capture() const {
  const std::lock_guard lock(mutex_);
  if (capture_.packets == 0) return std::nullopt;
  auto capture = capture_;
  capture.file = name_;
  return capture;
}

std::optional<Error> CaptureFile::failure() const {
  const std::lock_guard lock(mutex_);
  return failure_;
}

void CaptureFile::fail(const char* step) {
  const int error = errno;
  failure_ =
      Error{ErrorKind::local,
            msg("the traffic is not recorded, or not all of it: {file} cannot be written", {{"file", path_.string()}}),
            msg("make room there, or give another folder by --out; the verdicts stand without it"),
            std::string(step) + ": " + std::generic_category().message(error)};
  waiting_.clear();
}

// What an earlier run has left there, a link above all, is not written to.
void CaptureFile::open() {
  std::error_code error;
  std::filesystem::create_directories(path_.parent_path(), error);
  if (error) {
    errno = error.value();
    return fail("mkdir");
  }
  if (!is_begun_) unlink(path_.c_str());
  const int create = is_begun_ ? 0 : O_CREAT | O_EXCL;
  file_ = Fd(::open(path_.c_str(), O_WRONLY | O_APPEND | O_NOFOLLOW | O_CLOEXEC | create, private_mode));
  if (file_.get() < 0) return fail("open");
  fchmod(file_.get(), private_mode);
  if (is_begun_) return;
  is_begun_ = true;
  waiting_ = pcapng_header("mqtts-harness",
                           "bytes as the sockets of mqtts-harness sent and received them; TCP and IP headers rebuilt");
}

void CaptureFile::append(const Bytes& block) {
  if (!failure_ && file_.get() < 0) open();
  if (failure_) return;
  waiting_.insert(waiting_.end(), block.begin(), block.end());
  if (waiting_.size() > most_waiting) flush();
}

// A block that was not written whole would spoil those before it.
void CaptureFile::flush() {
  const auto before = lseek(file_.get(), 0, SEEK_END);
  for (std::size_t written = 0; written < waiting_.size();) {
    const auto put = write(file_.get(), waiting_.data() + written, waiting_.size() - written);
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) {
      fail("write");
      if (ftruncate(file_.get(), before) != 0) unlink(path_.c_str());
      return;
    }
    written += static_cast<std::size_t>(put);
  }
  waiting_.clear();
}

}  // namespace mqtts::wire
