"""The runner's figures as a picture: rows per second, floor and runner side by side."""

WIDTH, HEIGHT, LEFT, TOP, BOTTOM = 760, 300, 70, 50, 60
COLOURS = {"floor": "#9aa5b1", "runner": "#2f6fdd"}


def picture(results):
    """An SVG with a pair of bars for each cell that went straight to the server."""
    cells = [cell for cell in results["cells"] if cell["route"] == "direct"]
    most = max(max(cell[f"{who}_rows_per_second"][2] for who in COLOURS) for cell in cells)
    steps = (1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000)
    step = next(step for step in steps if most / step <= 6)
    top = (int(most / step) + 1) * step
    height = lambda speed: speed / top * (HEIGHT - TOP - BOTTOM)
    ground = HEIGHT - BOTTOM
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        'font-family="system-ui, sans-serif" font-size="12" fill="#1f2933">',
        "<title>Rows per second of preflight run beside its floor</title>",
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
        text(LEFT, 22, f"Rows per second, {results['dimensions']} dimensions, batch "
             f"{results['batch']}, concurrency {results['concurrency']}", weight="600"),
    ]
    for place, (who, colour) in enumerate(COLOURS.items()):
        x = WIDTH - 210 + place * 90
        parts.append(f'<rect x="{x}" y="32" width="10" height="10" fill="{colour}"/>')
        parts.append(text(x + 15, 41, who))
    for line in range(0, top + 1, step):
        y = ground - height(line)
        parts.append(
            f'<line x1="{LEFT}" x2="{WIDTH - 20}" y1="{y:.1f}" y2="{y:.1f}" stroke="#e4e7eb"/>')
        parts.append(text(LEFT - 8, y + 4, f"{line:,}", anchor="end"))
    slot = (WIDTH - LEFT - 20) / len(cells)
    for place, cell in enumerate(cells):
        middle = LEFT + slot * (place + 0.5)
        for side, (who, colour) in enumerate(COLOURS.items()):
            median, least, most = cell[f"{who}_rows_per_second"]
            x = middle + (side - 1) * 26
            parts.append(
                f'<rect x="{x:.1f}" y="{ground - height(median):.1f}" width="24" '
                f'height="{height(median):.1f}" fill="{colour}"/>')
            parts.append(
                f'<line x1="{x + 12:.1f}" x2="{x + 12:.1f}" y1="{ground - height(least):.1f}" '
                f'y2="{ground - height(most):.1f}" stroke="#1f2933"/>')
        parts.append(text(middle, ground + 18, f"{cell['rows']:,}", anchor="middle"))
        parts.append(text(middle, ground + 34, f"{cell['latency_ms']} ms", anchor="middle"))
        parts.append(
            text(middle, ground + 50, f"{cell['share_of_floor'][0]:.0%}", anchor="middle"))
    for line, words in enumerate(("rows", "latency", "share")):
        parts.append(text(LEFT - 8, ground + 18 + 16 * line, words, anchor="end"))
    return "\n".join(parts + ["</svg>", ""])


def text(x, y, words, anchor="start", weight="400"):
    return (f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" '
            f'font-weight="{weight}">{words}</text>')
