import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { pages, projectFolder, readProjectFile } from "../tools/docs/pages.ts";

test.each(pages)(
  "every relative link of %s leads to a file and a heading that are there",
  (page) => {
    expect(brokenLinks(page, readProjectFile(page))).toEqual([]);
  },
);

test("a link to no file, to no heading or out of the project is broken", () => {
  const text = [
    "# Two words, `and code`",
    "[file](../README.md), [here](#two-words-and-code), [there](glossary.md#glossary)",
    "[none](no-file.ts), [no heading](#no-heading), [none there](glossary.md#no-heading)",
    "[outside](../../package.json), [elsewhere](https://example.org/no-file)",
    "`[code](no-code.ts)`",
    "```",
    "[more code](no-code.ts)",
    "```",
  ].join("\n");
  expect(brokenLinks("docs/example.md", text)).toEqual([
    "no-file.ts",
    "#no-heading",
    "glossary.md#no-heading",
    "../../package.json",
  ]);
});

/** The links that lead nowhere, as written. `page` is relative to the project's folder. */
function brokenLinks(page: string, text: string): readonly string[] {
  return linksOf(text).filter((link) => {
    const [path = "", heading] = link.split("#");
    const target = path === "" ? page : join(dirname(page), decodeURIComponent(path));
    if (target.startsWith("..") || (path !== "" && !existsSync(join(projectFolder, target)))) {
      return true;
    }
    return (
      heading !== undefined && !hasHeading(path === "" ? text : readProjectFile(target), heading)
    );
  });
}

/** The targets of all links but those to other sites. */
function linksOf(text: string): readonly string[] {
  const prose = withoutFences(text).replaceAll(/`[^`\n]*`/g, "");
  const inline = prose.matchAll(/\]\((?<target>[^()\s]+)\)/g);
  const references = prose.matchAll(/^\[[^\]]+\]:\s*(?<target>\S+)/gm);
  return [...inline, ...references]
    .map((match) => match.groups?.["target"] ?? "")
    .filter((target) => !/^[a-z]+:/i.test(target));
}

/** Whether a page has the heading, by the anchor that GitHub gives it. */
function hasHeading(text: string, anchor: string): boolean {
  const seen = new Map<string, number>();
  return [...withoutFences(text).matchAll(/^#{1,6} +(?<title>.+)$/gm)].some((match) => {
    const slug = slugOf(match.groups?.["title"] ?? "");
    const before = seen.get(slug) ?? 0;
    seen.set(slug, before + 1);
    return anchor === (before === 0 ? slug : `${slug}-${before}`);
  });
}

function slugOf(title: string): string {
  return title
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1")
    .trim()
    .toLowerCase()
    .replaceAll(/[^\p{Letter}\p{Number}\s_-]/gu, "")
    .replaceAll(/\s/g, "-");
}

function withoutFences(text: string): string {
  return text.replaceAll(/^ *```[\s\S]*?^ *```$/gm, "");
}
