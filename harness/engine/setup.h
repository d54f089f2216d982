// From a stage of the plan to the files and the configuration that its host gets.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "harness/model/broker_files.h"
#include "harness/model/interfaces.h"
#include "harness/model/materials.h"
#include "harness/model/plan.h"

namespace mqtts::engine {

// The paths of all files that setting up these stages, and those that they build on, puts on the host.
std::vector<std::string> host_paths(const Plan& plan, const std::vector<const StageSpec*>& stages);

// Sets up the stages of one run, each file once: what an earlier stage of this run has put is not put again.
class StageSetups {
 public:
  StageSetups(const Plan& plan, std::vector<std::string> base, Materials& materials, const BrokerFiles* broker_files)
      : plan_(plan), base_(std::move(base)), materials_(materials), broker_files_(broker_files) {}

  // `broker_files` must not be null then. Blocks until what the stage needs is minted.
  Result<StageSetup> make(const StageSpec& stage);

 private:
  Result<std::string> content_of(const FileSpec& file);

  const Plan& plan_;
  std::vector<std::string> base_;
  Materials& materials_;
  const BrokerFiles* broker_files_;
  std::set<std::string> put_;  // paths
};

}  // namespace mqtts::engine
