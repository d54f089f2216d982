#include "harness/wire/capture.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <chrono>
#include <cstdint>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "harness/util/digest.h"
#include "harness/wire/capture_file.h"
#include "harness/wire/tcp_packets.h"

namespace mqtts::wire {
namespace {

std::size_t index_of(Direction direction) { return direction == Direction::to_broker ? 0 : 1; }

// All connections of one attempt: as long as one of them lasts, the file is open.
class CapturedAttempt : public TrafficRecord, public std::enable_shared_from_this<CapturedAttempt> {
 public:
  CapturedAttempt(std::shared_ptr<CaptureFile> file, std::string comment, Secrets secrets, Keys keys)
      : file_(std::move(file)), comment_(std::move(comment)), keys_(keys) {
    file_->begin(secrets);
  }
  CapturedAttempt(const CapturedAttempt&) = delete;
  CapturedAttempt& operator=(const CapturedAttempt&) = delete;
  ~CapturedAttempt() override { file_->end(); }

  std::shared_ptr<ConnectionRecord> opened(const TcpEnds& ends, WallClock::time_point at,
                                           std::string_view program) override;
  bool wants_keys() const override { return keys_ == Keys::recorded; }
  CaptureFile& file() { return *file_; }

 private:
  const std::shared_ptr<CaptureFile> file_;
  const std::string comment_;
  const Keys keys_;
};

// Small reads of one segment, as Paho makes them, are one packet again.
constexpr auto time_of_one_packet = std::chrono::milliseconds(1);
constexpr std::size_t most_held = 256UL * 1024;  // bytes
constexpr std::size_t most_inside = 120;         // of the words for one packet

// What was sent, or received, waits until the other side has its turn: a dissector must read the keys before what they
// decrypt, and OpenSSL tells the last of them only after that.
class CapturedConnection : public ConnectionRecord {
 public:
  CapturedConnection(std::shared_ptr<CapturedAttempt> attempt, const TcpEnds& ends, WallClock::time_point at,
                     std::string comment)
      : attempt_(std::move(attempt)),
        client_port_(port_of(ends.client)),
        broker_port_(port_of(ends.broker)),
        comment_(std::move(comment)),
        packets_(ends, std::uint32_t{client_port_} << 8),
        latest_(at) {
    write(at, Direction::to_broker, packets_.syn(), control("[SYN]", Direction::to_broker));
  }
  CapturedConnection(const CapturedConnection&) = delete;
  CapturedConnection& operator=(const CapturedConnection&) = delete;
  ~CapturedConnection() override { release(); }

  void connected() override {
    const std::lock_guard lock(mutex_);
    connect();
  }

  void data(Direction direction, std::span<const unsigned char> bytes) override {
    const std::lock_guard lock(mutex_);
    connect();
    const bool goes_on =
        !held_.empty() && held_.back().direction == Direction::to_client && direction == Direction::to_client;
    if (!goes_on || held_bytes_ > most_held) release();
    const auto now = time();
    while (!bytes.empty()) {
      const auto part = bytes.first(std::min(bytes.size(), TcpPackets::most_payload));
      bytes = bytes.subspan(part.size());
      hold(now, direction, part);
    }
    if (direction == Direction::to_broker && !held_.empty()) held_.back().inside = std::exchange(inside_next_, {});
  }

  void ended(Direction by, TcpEnd end) override {
    const std::lock_guard lock(mutex_);
    if (is_over_ || has_ended_[index_of(by)]) return;
    if (!is_connected_) end = TcpEnd::reset;
    has_ended_[index_of(by)] = true;
    is_over_ = end == TcpEnd::reset;
    release();
    if (end == TcpEnd::reset)
      write(time(), by, packets_.reset(by), control("[RST, ACK]", by));
    else
      write(time(), by, packets_.fin(by), control("[FIN, ACK]", by));
  }

  // Of what we send, before it is sent.
  void decrypted(Direction direction, TlsContent content, std::span<const unsigned char> bytes) override {
    const std::lock_guard lock(mutex_);
    if (!attempt_->file().wants_words()) return;
    auto inside = conversation_.inside(direction, content, bytes);
    if (inside.empty()) return;
    if (direction == Direction::to_broker)
      add_word(inside_next_, inside);
    else if (!held_.empty() && held_.back().direction == direction)
      add_word(held_.back().inside, inside);
  }

  void key(std::string_view line) override {
    if (attempt_->wants_keys()) attempt_->file().add_keys(std::string(line) + "\n");
  }

 private:
  struct Held {
    WallClock::time_point at;
    Direction direction{};
    Bytes payload;
    std::string inside;  // decrypted, in words
  };

  static void add_word(std::string& words, const std::string& word) {
    if (words.size() < most_inside) words += (words.empty() ? "" : ", ") + word;
  }

  // Never earlier than the packet before.
  WallClock::time_point time() { return latest_ = std::max(latest_, WallClock::now()); }

  PacketWords control(const char* flags, Direction direction) const {
    const bool is_ours = direction == Direction::to_broker;
    return {
        "TCP",
        fmt::format("{} → {} {}", is_ours ? client_port_ : broker_port_, is_ours ? broker_port_ : client_port_, flags),
        {}};
  }

  void connect() {
    if (std::exchange(is_connected_, true)) return;
    write(time(), Direction::to_client, packets_.syn_ack(), control("[SYN, ACK]", Direction::to_client));
    write(time(), Direction::to_broker, packets_.ack(), control("[ACK]", Direction::to_broker));
  }

  void hold(WallClock::time_point now, Direction direction, std::span<const unsigned char> part) {
    held_bytes_ += part.size();
    if (!held_.empty() && held_.back().direction == direction && now - held_.back().at < time_of_one_packet &&
        held_.back().payload.size() + part.size() <= TcpPackets::most_payload)
      held_.back().payload.insert(held_.back().payload.end(), part.begin(), part.end());
    else
      held_.push_back({now, direction, Bytes(part.begin(), part.end()), {}});
  }

  void release() {
    for (const auto& each : held_) {
      PacketWords words;
      if (attempt_->file().wants_words()) words = conversation_.add(each.direction, each.payload);
      // What is not encrypted says it itself.
      if (words.summary.find("Application Data") != std::string::npos ||
          words.summary.find("Encrypted") != std::string::npos)
        words.inside = each.inside;
      write(each.at, each.direction, packets_.data(each.direction, each.payload), std::move(words));
    }
    held_.clear();
    held_bytes_ = 0;
  }

  void write(WallClock::time_point at, Direction direction, Bytes packet, PacketWords words) {
    attempt_->file().add({at, direction, std::move(packet), std::exchange(comment_, {}), std::move(words)});
  }

  const std::shared_ptr<CapturedAttempt> attempt_;
  const std::uint16_t client_port_;
  const std::uint16_t broker_port_;
  std::mutex mutex_;     // guards the members below
  std::string comment_;  // of the first packet
  TcpPackets packets_;
  Conversation conversation_;
  WallClock::time_point latest_;
  std::vector<Held> held_;
  std::size_t held_bytes_ = 0;
  std::string inside_next_;          // of what is sent next
  std::array<bool, 2> has_ended_{};  // by direction
  bool is_connected_ = false;
  bool is_over_ = false;
};

std::shared_ptr<ConnectionRecord> CapturedAttempt::opened(const TcpEnds& ends, WallClock::time_point at,
                                                          std::string_view program) {
  return std::make_shared<CapturedConnection>(shared_from_this(), ends, at,
                                              fmt::format("{}, client {}", comment_, program));
}

}  // namespace

std::string capture_name(const std::string& id) {
  constexpr std::size_t longest = 100;
  constexpr std::size_t digest_size = 8;
  auto name = id.substr(0, longest);
  for (auto& letter : name)
    if (std::isalnum(static_cast<unsigned char>(letter)) == 0 && letter != '-' && letter != '_' && letter != '.')
      letter = '_';
  if (name.empty() || name.front() == '.') name.insert(0, "_");
  return name == id ? name : name + "-" + sha256_hex(id).substr(0, digest_size);
}

CaptureFolder::CaptureFolder(std::filesystem::path folder, Keys keys) : folder_(std::move(folder)), keys_(keys) {}
CaptureFolder::~CaptureFolder() = default;

std::shared_ptr<TrafficRecord> CaptureFolder::attempt(const std::string& stage, const std::string& check,
                                                      const std::string& attempt, Secrets secrets) {
  const std::lock_guard lock(mutex_);
  auto& file = files_[{stage, check}];
  if (!file)
    file = std::make_shared<CaptureFile>(
        folder_, fmt::format("captures/{}/{}.pcapng", capture_name(stage), capture_name(check)));
  return std::make_shared<CapturedAttempt>(file, fmt::format("stage {}, check {}, attempt {}", stage, check, attempt),
                                           secrets, keys_);
}

std::optional<Capture> CaptureFolder::capture_of(const std::string& stage, const std::string& check) {
  const std::lock_guard lock(mutex_);
  const auto file = files_.find({stage, check});
  return file == files_.end() ? std::nullopt : file->second->capture();
}

std::optional<Error> CaptureFolder::failure() const {
  const std::lock_guard lock(mutex_);
  for (const auto& [check, file] : files_)
    if (auto failure = file->failure()) return failure;
  return std::nullopt;
}

}  // namespace mqtts::wire
