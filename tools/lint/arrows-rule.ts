import { defineRule } from "@oxlint/plugins";
import { forbiddenArrowMessage } from "./arrows.ts";
import { visitImports } from "./imports.ts";
import { importedProjectPath, projectPath } from "./project-path.ts";

/** Holds the drawing "Who may import whom" of docs/architecture.md; its arrows are in arrows.ts. */
export const arrowsRule = defineRule({
  create(context) {
    const from = projectPath(context.filename);
    return visitImports(({ specifier, node }) => {
      const to = importedProjectPath({ from: context.filename, specifier });
      if (to === undefined) {
        return;
      }
      const message = forbiddenArrowMessage({ from, to });
      if (message !== undefined) {
        context.report({ message, node });
      }
    });
  },
});
