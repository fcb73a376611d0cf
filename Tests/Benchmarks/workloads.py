"""The pictures and transformations that are measured."""

from dataclasses import dataclass

from PIL import Image, ImageSequence

PHOTOGRAPH = "photo12-kleiber.jpg"


@dataclass(frozen=True)
class Workload:
    name: str
    picture: str
    width: int
    height: int  # 0: by the picture's shape
    format: str
    quality: int
    count: int  # pictures a round

    @property
    def transformation(self):
        size = f"w-{self.width}" + (f",h-{self.height}" if self.height else "")
        return f"{size},f-{self.format}" + ("" if self.format in ("png", "gif") else f",q-{self.quality}")


WORKLOADS = [
    Workload("jpeg12-w400-jpg", PHOTOGRAPH, 400, 0, "jpg", 80, 24),
    Workload("jpeg12-cover-webp", PHOTOGRAPH, 800, 600, "webp", 80, 12),
    Workload("png2-w300-png", "cutout2-kleiber.png", 300, 0, "png", 80, 16),
    Workload("jpeg3-w600-avif", "photo3-kleiber.jpg", 600, 0, "avif", 50, 16),
    Workload("anim-w200-webp", "anim-earth.gif", 200, 0, "webp", 80, 6),
    Workload("anim-w200-gif", "anim-nyan.gif", 200, 0, "gif", 80, 10),
    Workload("small-150-jpg", "small-giunchedi.jpg", 150, 150, "jpg", 80, 80),
]


def collect_pictures(folder, corpus, samples):
    """Puts every picture into `folder`: those of the corpus, or of the same kind and size made from the samples."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in {workload.picture for workload in WORKLOADS}:
        if (folder / name).exists():
            continue
        given = corpus / name if corpus else None
        if given and given.exists():
            (folder / name).write_bytes(given.read_bytes())
        else:
            make_picture(folder / name, samples)


def make_picture(path, samples):
    photo = Image.open(samples / "kleiber.jpg").convert("RGB")
    if path.name == PHOTOGRAPH:
        photo.resize((4620, 2599), Image.Resampling.LANCZOS).save(path, quality=90)
    elif path.name == "photo3-kleiber.jpg":
        path.write_bytes((samples / "kleiber.jpg").read_bytes())
    elif path.name == "small-giunchedi.jpg":
        photo.resize((800, 533), Image.Resampling.LANCZOS).save(path, quality=90)
    elif path.name == "cutout2-kleiber.png":
        Image.open(samples / "kleiber-cutout.png").resize((1600, 1250), Image.Resampling.LANCZOS).save(path)
    else:
        make_animation(path, samples, *((400, 400, 22) if "earth" in path.name else (500, 198, 12)))


def make_animation(path, samples, width, height, count):
    frames = [
        frame.convert("RGB").resize((width, height), Image.Resampling.LANCZOS).quantize(128)
        for frame in ImageSequence.Iterator(Image.open(samples / "earth.gif"))
    ][:count]
    frames[0].save(path, save_all=True, append_images=frames[1:], duration=90, loop=0)
