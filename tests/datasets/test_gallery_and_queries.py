import pytest

from mmdebias.datasets import GalleryAndQueries

PIPELINE = [dict(type='PackActionInputs', meta_keys=('filename', 'split'))]


def test_both_sides_follow_each_other_and_say_which_they_are(few_videos):
    videos = GalleryAndQueries(
        gallery=dict(ann_file='train.txt', data_root=str(few_videos)),
        query=dict(ann_file='test.txt', data_root=str(few_videos)),
        pipeline=[dict(type='VideoInit'), lambda results: dict(results, imgs=0), *PIPELINE],
    )
    splits = [videos.get_data_info(i)['split'] for i in range(len(videos))]
    assert splits == ['gallery'] * 8 + ['query'] * 4


def test_missing_list_is_an_error(few_videos):
    side = dict(ann_file='train.txt', data_root=str(few_videos))
    with pytest.raises(FileNotFoundError):
        GalleryAndQueries(side, dict(side, ann_file='none.txt'), PIPELINE)


def test_a_video_may_not_find_itself(few_videos):
    (few_videos / 'mixed.txt').write_text('11.mp4 1\n03.mp4 1\n')
    sides = [dict(ann_file=name, data_root=str(few_videos)) for name in ('train.txt', 'mixed.txt')]
    with pytest.raises(ValueError, match=r'1 video.*03\.mp4'):
        GalleryAndQueries(*sides, PIPELINE)
