// The code as a picture: whole device pixels for each module, so that no edge is blurred.

import { QUIET } from "./qr.js";

/** Pixels of a module in a picture that is kept. */
const KEPT_PX = 10;

/** Whole device pixels that a module may have in a box this wide. */
export const pixelsFor = (qr, boxWidth, ratio) => Math.max(2, Math.floor((boxWidth * ratio) / (qr.side + 2 * QUIET)));

/** The code alone, quiet zone included. */
export function draw(qr, px) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = (qr.side + 2 * QUIET) * px;
  paint(canvas.getContext("2d"), qr, px);
  return canvas;
}

/** The picture to keep: the code, and below it words that name no person. */
export function drawToKeep(qr, lines) {
  const px = KEPT_PX;
  const side = (qr.side + 2 * QUIET) * px;
  const canvas = document.createElement("canvas");
  canvas.width = side;
  canvas.height = side + lines.length * 48 + 24;
  const context = canvas.getContext("2d");
  context.fillStyle = "#fff";
  context.fillRect(0, 0, canvas.width, canvas.height);
  paint(context, qr, px);
  context.fillStyle = "#000";
  context.font = '32px "BIZ UDPGothic", "Noto Sans JP", "Hiragino Sans", sans-serif';
  context.textAlign = "center";
  lines.forEach((line, n) => context.fillText(line, side / 2, side + 36 + n * 48, side - 80));
  return canvas;
}

function paint(context, qr, px) {
  const side = (qr.side + 2 * QUIET) * px;
  context.fillStyle = "#fff";
  context.fillRect(0, 0, side, side);
  context.fillStyle = "#000";
  for (let row = 0; row < qr.side; row += 1) {
    for (let column = 0; column < qr.side; column += 1) {
      if (qr.dark[row * qr.side + column]) context.fillRect((column + QUIET) * px, (row + QUIET) * px, px, px);
    }
  }
}
