import numpy as np
import pytest
import torch
import torch.nn.functional as F

from mmdebias.evaluation import nearest
from mmdebias.evaluation.search import faiss

BACKENDS = [
    'torch',
    pytest.param('faiss', marks=pytest.mark.skipif(faiss is None, reason='faiss is not installed')),
]
LITTLE = 2e-4  # GiB: blocks of few rows


def obvious(gallery, query, k):
    """A full stable sort in float64: equal similarities in the gallery's order."""
    products = F.normalize(query.double(), dim=1) @ F.normalize(gallery.double(), dim=1).T
    values, indices = products.sort(dim=1, descending=True, stable=True)
    return values[:, :k].float(), indices[:, :k]


@pytest.mark.parametrize('backend', BACKENDS)
@pytest.mark.parametrize('memory', [LITTLE, 1.0])
@pytest.mark.parametrize('k', [1, 7, 2000])
def test_neighbours_are_those_of_a_full_sort(backend, memory, k):
    gallery, query = torch.randn(1500, 19), torch.randn(40, 19)
    values, indices = nearest(gallery, query, k, memory=memory, backend=backend)
    expected, order = obvious(gallery, query, k)
    assert values.shape == (40, min(k, 1500))
    assert torch.allclose(values, expected, atol=1e-6)
    # Similarities that float32 cannot tell apart may change places.
    assert (indices == order).float().mean() > 0.999


@pytest.mark.parametrize('backend', BACKENDS)
@pytest.mark.parametrize('memory', [LITTLE, 1.0])
def test_equal_rows_are_in_the_order_of_the_gallery(backend, memory):
    # Few distinct directions whose products are exact, each many times.
    gallery = F.one_hot(torch.randint(0, 5, (700,)), 8).float()
    query = F.one_hot(torch.arange(5), 8).float()
    values, indices = nearest(gallery, query, 300, memory=memory, backend=backend)
    assert torch.equal(indices, obvious(gallery, query, 300)[1])
    assert torch.equal(values, obvious(gallery, query, 300)[0])


@pytest.mark.parametrize('width', [37, 512])
def test_duplicates_anywhere_in_the_gallery_are_equal_to_the_last_bit(width):
    gallery = torch.randn(1000, width)
    places = [3, 63, 64, 500, 999]
    gallery[places] = gallery[3].clone()
    values, indices = nearest(gallery, gallery[[3]], 5, memory=0.01, backend='torch')
    assert indices.tolist() == [places]
    assert len(values.unique()) == 1


def test_rows_that_grow_ever_nearer_are_all_found():
    # Each block has nothing but candidates.
    angle = torch.linspace(3, 0, 5000).double()
    gallery = torch.stack([angle.cos(), angle.sin()], 1)
    indices = nearest(gallery, torch.tensor([[1.0, 0.0]]), 4, memory=LITTLE)[1]
    assert set(indices[0].tolist()) <= set(range(4990, 5000))


def test_centring_is_of_each_set_by_itself():
    gallery, query = torch.randn(300, 5) + 3, torch.randn(20, 5) - 1
    centred = nearest(gallery, query, 6, center=True, memory=LITTLE)[0]
    expected = obvious(gallery - gallery.mean(0), query - query.mean(0), 6)[0]
    assert torch.allclose(centred, expected, atol=1e-6)


def test_zeros_are_as_far_from_everything_as_a_right_angle():
    gallery = torch.tensor([[-1.0, 0], [0, 0], [1, 0]])
    values, indices = nearest(gallery, torch.tensor([[2.0, 0], [0, 0]]), 3)
    assert values.tolist() == [[1, 0, -1], [0, 0, 0]]
    assert indices.tolist() == [[2, 1, 0], [0, 1, 2]]


def test_half_precision_arrays_on_disk_are_searched(tmp_path):
    rows = np.random.default_rng(0).standard_normal((400, 6)).astype(np.float16)
    np.save(tmp_path / 'rows.npy', rows)
    mapped = np.load(tmp_path / 'rows.npy', mmap_mode='r')
    indices = nearest(mapped, torch.from_numpy(rows[:50]), 1, memory=LITTLE)[1]
    assert torch.equal(indices.flatten(), torch.arange(50))


def test_what_cannot_be_searched_is_refused():
    rows = torch.randn(12, 4)
    with pytest.raises(ValueError, match='k=0'):
        nearest(rows, rows, 0)
    with pytest.raises(ValueError, match='gallery is empty'):
        nearest(rows[:0], rows, 1)
    with pytest.raises(ValueError, match='gallery has 4 numbers a row and query 3'):
        nearest(rows, rows[:, :3], 1)
    with pytest.raises(ValueError, match="backend='numpy'"):
        nearest(rows, rows, 1, backend='numpy')
    with pytest.raises(ValueError, match='memory=0'):
        nearest(rows, rows, 1, memory=0)
    broken = rows.clone()
    broken[5, 2] = float('nan')
    with pytest.raises(ValueError, match='1 of the features 0 to 11 of query'):
        nearest(rows, broken, 1)
    broken[5, 2] = float('inf')
    with pytest.raises(ValueError, match='of gallery are not finite'):
        nearest(broken, rows, 1)


@pytest.mark.gpu
def test_a_gpu_finds_the_same_neighbours(gpu):
    gallery, query = torch.randn(1500, 19), torch.randn(40, 19)
    values, indices = nearest(gallery, query, 7, memory=LITTLE, device=gpu, backend='torch')
    expected, order = obvious(gallery, query, 7)
    assert values.device.type == indices.device.type == 'cpu'
    assert torch.allclose(values, expected, atol=1e-5)
    assert (indices == order).float().mean() > 0.999


@pytest.mark.skipif(faiss is None, reason='faiss is not installed')
def test_faiss_on_a_gpu_is_refused():
    with pytest.raises(ValueError, match='searches on the CPU, not on cuda'):
        nearest(torch.randn(3, 2), torch.randn(3, 2), 1, backend='faiss', device='cuda')


@pytest.mark.skipif(faiss is not None, reason='faiss is installed')
def test_missing_faiss_is_named():
    with pytest.raises(ValueError, match='pip install faiss-cpu'):
        nearest(torch.randn(3, 2), torch.randn(3, 2), 1, backend='faiss')
