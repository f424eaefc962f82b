import torch
import torch.nn.functional as F

from mmdebias.bias.frozen_features import fit_rows, predict_rows, rows_to_fit


def test_many_videos_give_fewer_rows_each():
    assert (rows_to_fit(640), rows_to_fit(240_000)) == (31, 1)


def test_what_differs_by_video_is_found():
    labels = [0, 1, 2] * 8
    features = F.one_hot(torch.tensor(labels)).float()[:, None] + 0.1 * torch.randn(24, 4, 3)
    features = F.normalize(features, dim=2)
    probabilities = predict_rows(features, *fit_rows(features, labels, 3))
    assert probabilities.argmax(1).tolist() == labels
    torch.testing.assert_close(probabilities.sum(1), torch.ones(24))
