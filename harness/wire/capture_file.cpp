#include "harness/wire/capture_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <system_error>
#include <utility>

#include "harness/wire/pcapng.h"

namespace mqtts::wire {
namespace {

constexpr std::size_t most_waiting = 256UL * 1024;  // bytes of packets
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
  write_oldest(0);
  fchmod(file_.get(), holds_secret_ ? private_mode : public_mode);
  file_.close();
}

void CaptureFile::add(CapturedPacket packet) {
  const std::lock_guard lock(mutex_);
  if (!open()) return;
  waiting_bytes_ += packet.bytes.size();
  const auto at = packet.at;
  waiting_.emplace(at, std::move(packet));
  if (waiting_bytes_ > most_waiting) write_oldest(most_waiting / 2);
}

void CaptureFile::add_keys(std::string_view lines) {
  const std::lock_guard lock(mutex_);
  holds_secret_ = true;
  if (!open()) return;
  const auto block = pcapng_keys(lines);
  first_blocks_.insert(first_blocks_.end(), block.begin(), block.end());
}

bool CaptureFile::wants_words() const {
  const std::lock_guard lock(mutex_);
  return capture_.first.size() < most_packet_lines;
}

std::optional<Capture> CaptureFile::capture() {
  const std::lock_guard lock(mutex_);
  write_oldest(0);
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
  waiting_bytes_ = 0;
}

// What an earlier run has left there, a link above all, is not written to.
bool CaptureFile::open() {
  if (failure_) return false;
  if (file_.get() >= 0) return true;
  std::error_code error;
  std::filesystem::create_directories(path_.parent_path(), error);
  if (error) {
    errno = error.value();
    fail("mkdir");
    return false;
  }
  if (!is_begun_) unlink(path_.c_str());
  const int create = is_begun_ ? 0 : O_CREAT | O_EXCL;
  file_ = Fd(::open(path_.c_str(), O_WRONLY | O_APPEND | O_NOFOLLOW | O_CLOEXEC | create, private_mode));
  if (file_.get() < 0) {
    fail("open");
    return false;
  }
  fchmod(file_.get(), private_mode);
  if (is_begun_) return true;
  is_begun_ = true;
  first_blocks_ = pcapng_header(
      "mqtts-harness", "bytes as the sockets of mqtts-harness sent and received them; TCP and IP headers rebuilt");
  return true;
}

// Keys stand before the packets that wait, since they decrypt some of them.
void CaptureFile::write_oldest(std::size_t left_waiting) {
  if (failure_ || file_.get() < 0) return;
  auto blocks = std::exchange(first_blocks_, {});
  while (waiting_bytes_ > left_waiting) {
    const auto oldest = waiting_.begin();
    const auto& packet = oldest->second;
    const auto block = pcapng_packet(packet.at, packet.direction, packet.bytes, packet.comment);
    blocks.insert(blocks.end(), block.begin(), block.end());
    tell(packet);
    waiting_bytes_ -= packet.bytes.size();
    waiting_.erase(oldest);
  }
  write(blocks);
}

void CaptureFile::tell(const CapturedPacket& packet) {
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

// A block that was not written whole would spoil those before it.
void CaptureFile::write(const Bytes& blocks) {
  const auto before = lseek(file_.get(), 0, SEEK_END);
  for (std::size_t written = 0; written < blocks.size();) {
    const auto put = ::write(file_.get(), blocks.data() + written, blocks.size() - written);
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) {
      fail("write");
      if (ftruncate(file_.get(), before) != 0) unlink(path_.c_str());
      return;
    }
    written += static_cast<std::size_t>(put);
  }
}

}  // namespace mqtts::wire
