// Results that only a comparison of many targets shows. Pure.
#pragma once

#include <memory>
#include <vector>

#include "harness/model/report.h"

namespace mqtts::grading {

// Causes: checks that did not pass for the same reason and for the same targets share one; a check that was not judged
// because its control did not pass has none. Copies: fingerprints that two or more targets share.
ClassSummary summarise(const std::vector<TargetResult>& targets);

class Causes;
class Copies;

// The same for targets that are not all in memory: call add() for each, in the report's order.
class ClassSummariser {
 public:
  ClassSummariser();
  ~ClassSummariser();
  ClassSummariser(ClassSummariser&&) noexcept;

  void add(const TargetResult& target);
  ClassSummary summary() &&;

 private:
  std::unique_ptr<Causes> causes_;
  std::unique_ptr<Copies> copies_;
};

}  // namespace mqtts::grading
