/** Elements made by hand: text is always text, so that no name is ever read as markup. */

const SVG = "http://www.w3.org/2000/svg";
const DRAWN = new Set(["svg", "g", "path", "rect", "circle", "line", "text"]);

/** An element with attributes and children; strings become text, null is left out. */
export function make(tag, attributes = {}, ...children) {
  const element = DRAWN.has(tag) ? document.createElementNS(SVG, tag) : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "on") {
      for (const [event, act] of Object.entries(value)) element.addEventListener(event, act);
    } else if (value !== null && value !== undefined) {
      element.setAttribute(name, value);
    }
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return element;
}

export const find = (id) => document.getElementById(id);

/** Give an attribute a value where it has another: the browser lays out and paints anew what is set at all. */
export function put(element, name, value) {
  if (element.getAttribute(name) !== String(value)) element.setAttribute(name, value);
}

/** Let an element have these children: those that it has are changed where they differ, and stay as they are else. */
export function renew(element, ...children) {
  const wanted = children.flat().filter((child) => child !== null && child !== undefined && child !== "");
  wanted.forEach((child, at) => {
    const own = element.childNodes[at];
    const text = child instanceof Node ? child.nodeValue : String(child);
    if (text !== null && own?.nodeType === Node.TEXT_NODE) {
      if (own.data !== text) own.data = text;
    } else if (!own) element.append(child);
    else if (text !== null || own.nodeName !== child.nodeName) own.replaceWith(child);
    else {
      for (const { name } of [...own.attributes]) if (!child.hasAttribute(name)) own.removeAttribute(name);
      for (const { name, value } of child.attributes) put(own, name, value);
      renew(own, ...child.childNodes);
    }
  });
  while (element.childNodes.length > wanted.length) element.lastChild.remove();
}

/** An SVG path through points, with gaps where a value is null. */
export function polyline(points) {
  let path = "";
  let pen = "M";
  for (const point of points) {
    if (point === null) {
      pen = "M";
    } else {
      path += `${pen}${point[0].toFixed(1)},${point[1].toFixed(1)}`;
      pen = "L";
    }
  }
  return path;
}
