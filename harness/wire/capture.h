// Records a run's traffic in pcapng files, one a check, as Wireshark opens them.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "harness/model/traffic.h"
#include "harness/util/error.h"

namespace mqtts::wire {

enum class Keys {
  left_out,
  recorded  // so that whoever has the file can decrypt its TLS
};

class CaptureFile;

// The files are FOLDER/captures/STAGE/CHECK.pcapng, and replace those of an earlier run. Their mode is 0600 where they
// hold a secret, else 0644. What cannot be written is left out, and failure() says so.
class CaptureFolder : public TrafficRecorder {
 public:
  CaptureFolder(std::filesystem::path folder, Keys keys);
  ~CaptureFolder() override;
  std::shared_ptr<TrafficRecord> attempt(const std::string& stage, const std::string& check, const std::string& attempt,
                                         Secrets secrets) override;
  std::optional<Capture> capture_of(const std::string& stage, const std::string& check) override;
  // The first file that could not be written; none: all is recorded.
  std::optional<Error> failure() const;

 private:
  const std::filesystem::path folder_;
  const Keys keys_;
  mutable std::mutex mutex_;
  std::map<std::pair<std::string, std::string>, std::shared_ptr<CaptureFile>> files_;  // by stage and check
};

// The id as the name of a file in any folder: other characters than letters, digits, "-", "_" and "." are replaced, and
// a name that was changed ends with a digest of the id.
std::string capture_name(const std::string& id);

}  // namespace mqtts::wire
