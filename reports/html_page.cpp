#include "reports/html_page.hpp"

#include <stdexcept>
#include <utility>

namespace quiesce::reports {

std::string inert(const std::string& json) {
  std::string text;
  text.reserve(json.size());
  for (const char c : json) {
    if (c == '<') {
      text += "\\u003c";
    } else {
      text += c;
    }
  }
  return text;
}

std::string filled_page(std::string_view page_template, const PageParts& parts) {
  std::string page;
  std::string_view rest = page_template;
  const std::pair<std::string_view, const std::string*> places[]{{"<!--TITLE-->", &parts.title},
                                                                 {"<!--TEXT-->", &parts.text},
                                                                 {"<!--DATA-->", &parts.data},
                                                                 {"<!--PAGE-->", &parts.page}};
  for (const auto& [place, part] : places) {
    const std::size_t at = rest.find(place);
    if (at == std::string_view::npos) throw std::logic_error("the template of the page lacks a place");
    page.append(rest.substr(0, at)).append(*part);
    rest = rest.substr(at + place.size());
  }
  return page.append(rest);
}

}  // namespace quiesce::reports
