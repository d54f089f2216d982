// Style of texts for people. Chosen by harness/cli/console/style_choice.h.
#pragma once

namespace mqtts::reports {

struct Style {
  bool color = false;    // SGR escapes
  bool unicode = false;  // signs beyond ASCII
  bool live = false;     // a status line that is rewritten in place
  int width = 100;       // columns; lines are wrapped at it, but never within a word
};

}  // namespace mqtts::reports
