# A linear layer on L2-normalised features of Inception I3D, frozen;
# clips are cropped and flipped only (FAME, appendix A.2 and A.3).
_base_ = './recognizer_i3d.py'

model = dict(
    type='LinearProbe',
    cls_head=dict(type='LinearProbeHead', dropout_ratio=0),
    data_preprocessor=dict(augments=[]),
)
