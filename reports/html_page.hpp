// A self-contained page: a template of reports/html with its parts.
#pragma once

#include <string>
#include <string_view>

namespace quiesce::reports {

struct PageParts {
  std::string title;
  std::string text;  ///< for who runs no scripts
  std::string data;  ///< JSON
  std::string page;  ///< JSON that the program adds
};

/// The template with the parts in their places. What a part says is not looked at again. Throws
/// std::logic_error if the template lacks a place.
[[nodiscard]] std::string filled_page(std::string_view page_template, const PageParts& parts);

/// JSON in a script element: nothing in it can end the element or begin a comment.
[[nodiscard]] std::string inert(const std::string& json);

}  // namespace quiesce::reports
