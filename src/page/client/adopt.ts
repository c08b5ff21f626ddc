/// <reference no-default-lib="true" />
/// <reference lib="esnext" />
/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
/**
 * Makes a part of the page like the same part of a fresh one. What did not change is left alone, so that selections, the
 * focus and scroll positions stay, and screen readers hear of what is new and of nothing else.
 *
 * @module
 */

/** Makes `shown` like `fresh`, which may lose what it has to it. */
export function adopt(shown: Element, fresh: Element): void {
  for (const { name, value } of fresh.attributes) {
    if (shown.getAttribute(name) !== value) shown.setAttribute(name, value);
  }
  const [old, now] = [[...shown.childNodes], [...fresh.childNodes]];
  for (const [i, node] of now.entries()) {
    if (i < old.length) adoptNode(old[i], node);
    else shown.append(node);
  }
  for (const node of old.slice(now.length)) node.remove();
}

function adoptNode(shown: ChildNode, fresh: ChildNode): void {
  if (shown instanceof Element && fresh instanceof Element && shown.tagName === fresh.tagName) {
    adopt(shown, fresh);
  } else if (shown instanceof Text && fresh instanceof Text) {
    if (shown.data !== fresh.data) shown.data = fresh.data;
  } else {
    shown.replaceWith(fresh);
  }
}
