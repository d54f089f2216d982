// What only shows when many targets are seen together. Pure.
#pragma once

#include <memory>
#include <vector>

#include "harness/model/report.h"

namespace mqtts::grading {

// Causes: checks that did not pass for the same reason, and for the same targets, are one; a check that could not be
// judged because its control did not pass is no cause of its own. Copies: what two targets or more share.
ClassSummary summarise(const std::vector<TargetResult>& targets);

class Causes;
class Copies;

// The same for targets that are not all in memory: add() each, in the report's order.
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
