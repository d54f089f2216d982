// One pcapng file, with the packets of all its connections in the order of their times.
#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "harness/model/traffic.h"
#include "harness/util/error.h"
#include "harness/util/fd.h"
#include "harness/wire/mqtt_bytes.h"
#include "harness/wire/packet_words.h"

namespace mqtts::wire {

struct CapturedPacket {
  WallClock::time_point at;
  Direction direction{};
  Bytes bytes;
  std::string comment;
  PacketWords words;
};

// Safe from any thread. Open only between begin() and end(), of which there may be several at a time.
class CaptureFile {
 public:
  // `name` is relative to `folder`, and names no other one.
  CaptureFile(const std::filesystem::path& folder, std::string name) : path_(folder / name), name_(std::move(name)) {}

  void begin(Secrets secrets);
  void end();
  // A packet may come later than younger ones of other connections: it waits until these are many, or until end().
  void add(CapturedPacket packet);
  void add_keys(std::string_view lines);

  // False once all packets that are told in words are there.
  bool wants_words() const;

  // None if nothing was recorded. What comes later stands after it in the file.
  std::optional<Capture> capture();
  std::optional<Error> failure() const;

 private:
  bool open();
  void write_oldest(std::size_t left_waiting);
  void tell(const CapturedPacket& packet);
  void write(const Bytes& blocks);
  void fail(const char* step);

  const std::filesystem::path path_;
  const std::string name_;
  mutable std::mutex mutex_;
  int users_ = 0;
  bool holds_secret_ = false;
  bool is_begun_ = false;  // the file of this run is there
  Fd file_;
  Bytes first_blocks_;  // stand before all that waits
  std::multimap<WallClock::time_point, CapturedPacket> waiting_;
  std::size_t waiting_bytes_ = 0;
  Capture capture_;
  std::optional<WallClock::time_point> first_;
  std::optional<Error> failure_;
};

}  // namespace mqtts::wire
