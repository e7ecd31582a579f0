import { expect, test } from "vitest";
import { html } from "./html.ts";

test("a text cannot become markup, in an element or in an attribute", () => {
  const hostile = `<b>&"'`;
  expect(html`<p title="${hostile}">${hostile}</p>`.markup).toBe(
    '<p title="&lt;b&gt;&amp;&quot;&#39;">&lt;b&gt;&amp;&quot;&#39;</p>',
  );
});

test("markup is kept, lists are joined, numbers stand as they are", () => {
  const items = ["a", "<"].map((item) => html`<li>${item}</li>`);
  expect(html`${items} ${4}`.markup).toBe("<li>a</li><li>&lt;</li> 4");
});

test("characters that act instead of being read are shown as their code", () => {
  expect(html`${"a\u202Eb\u0000\nc"}`.markup).toBe("a\\u202eb\\u0000 c");
});
