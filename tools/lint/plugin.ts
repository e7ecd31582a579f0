import { definePlugin } from "@oxlint/plugins";
import { arrowsRule } from "./arrows-rule.ts";
import { dialectRule } from "./dialect-rule.ts";
import { hostRule } from "./host-rule.ts";
import { languageRule } from "./language-rule.ts";
import { stateRule } from "./state-rule.ts";

// oxlint loads a plugin by its default export: the one place, besides configuration files, that has
// one.
export default definePlugin({
  meta: { name: "falconpay" },
  rules: {
    arrows: arrowsRule,
    dialect: dialectRule,
    host: hostRule,
    language: languageRule,
    state: stateRule,
  },
});
