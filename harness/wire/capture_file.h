// One pcapng file, written as its packets come.
#pragma once

#include <filesystem>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

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
  void add(const CapturedPacket& packet);
  void add_keys(std::string_view lines);

  // False once all packets that are told in words are there.
  bool wants_words() const;

  // None if nothing was written.
  std::optional<Capture> capture() const;
  std::optional<Error> failure() const;

 private:
  void open();
  void append(const Bytes& block);
  void flush();
  void fail(const char* step);

  const std::filesystem::path path_;
  const std::string name_;
  mutable std::mutex mutex_;
  int users_ = 0;
  bool holds_secret_ = false;
  bool is_begun_ = false;  // the file of this run is there
  Fd file_;
  Bytes waiting_;  // whole blocks
  Capture capture_;
  std::optional<WallClock::time_point> first_;
  std::optional<Error> failure_;
};

}  // namespace mqtts::wire
