// Where students' own pages lie, and how other reports lead to them.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "harness/model/report.h"

namespace mqtts::reports {

class Pages {
 public:
  // The page of the target called `target` has been written to `path`.
  void add(const std::string& target, const std::filesystem::path& path);

  // Sets each target's page to its URL (RFC 3986, relative) as seen from `folder`: a page that was added, or else
  // `<target>/report.html` if there is such a file in `folder`, or else none.
  void link(std::vector<TargetResult>& targets, const std::filesystem::path& folder) const;

 private:
  std::map<std::string, std::filesystem::path> paths_;
};

}  // namespace mqtts::reports
