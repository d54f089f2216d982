// The paths of students' pages, and links to them from other reports.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "harness/model/report.h"

namespace mqtts::reports {

class Pages {
 public:
  // Records that the page of the target called `target` has been written to `path`.
  void add(const std::string& target, const std::filesystem::path& path);

  // Sets each target's page to its URL (RFC 3986, relative to `folder`): a page that was added, else
  // `<target>/report.html` if that file exists in `folder`, else none.
  void link(std::vector<TargetResult>& targets, const std::filesystem::path& folder) const;

 private:
  std::map<std::string, std::filesystem::path> paths_;
};

}  // namespace mqtts::reports
